package dev.assent.coordination.jute;

import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.ErrorCode;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.WatchSet;
import dev.assent.coordination.model.WriteOp;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Decodes clients' frames, within limits. Stateless and thread-safe. */
public final class RequestDecoder {
    private static final Set<OpCode> WITHIN_MULTI = Collections.unmodifiableSet(EnumSet.of(
            OpCode.CREATE,
            OpCode.CREATE2,
            OpCode.CREATE_CONTAINER,
            OpCode.CREATE_TTL,
            OpCode.DELETE,
            OpCode.SET_DATA,
            OpCode.CHECK));

    private static final int HEADER_BYTES = 2 * Integer.BYTES;

    private final RequestLimits limits;

    /** Refuses what exceeds {@code limits}. */
    public RequestDecoder(RequestLimits limits) {
        this.limits = limits;
    }

    /** A client's first frame, without its length. */
    public ConnectRequest connectRequest(byte[] frame) throws MalformedRequest {
        JuteReader in = reader(frame);
        int protocolVersion = in.int32("protocolVersion");
        long lastZxidSeen = in.int64("lastZxidSeen");
        int timeoutMillis = in.int32("timeOut");
        long sessionId = in.int64("sessionId");
        var password = in.bufferOrEmpty("passwd");
        boolean readOnlySent = in.remaining() > 0;
        boolean readOnly = readOnlySent && in.bool("readOnly");
        in.end();
        return new ConnectRequest(
                protocolVersion, lastZxidSeen, timeoutMillis, sessionId, password, readOnly, readOnlySent);
    }

    /**
     * Any later frame, without its length, whatever is in it: the one that {@link #request} finds malformed becomes a
     * {@link Request.Refused}, as frames are still told apart. Not so an authentication, whose sender would go on
     * believing in it, and not a frame without a whole header.
     *
     * @param onMalformed told what is wrong with a refused one
     */
    public RequestFrame requestOrRefusal(byte[] frame, Consumer<MalformedRequest> onMalformed) throws MalformedRequest {
        try {
            return request(frame);
        } catch (MalformedRequest malformed) {
            JuteReader in = new JuteReader(frame);
            if (frame.length < HEADER_BYTES) {
                throw malformed;
            }
            int xid = in.int32("xid");
            OpCode op = OpCode.ofCode(in.int32("type"));
            if (op == OpCode.AUTH) {
                throw malformed;
            }
            onMalformed.accept(malformed);
            return new RequestFrame(xid, new Request.Refused(op, ErrorCode.MARSHALLING_ERROR));
        }
    }

    /** Any later frame, without its length. */
    public RequestFrame request(byte[] frame) throws MalformedRequest {
        JuteReader in = reader(frame);
        int xid = in.int32("xid");
        Request request = body(OpCode.ofCode(in.int32("type")), in);
        in.end();
        return new RequestFrame(xid, request);
    }

    private JuteReader reader(byte[] frame) throws MalformedRequest {
        JuteReader in = new JuteReader(frame);
        if (frame.length > limits.frameBytesMax()) {
            throw in.malformed("a frame of " + frame.length + " bytes, more than " + limits.frameBytesMax());
        }
        return in;
    }

    private Request body(OpCode op, JuteReader in) throws MalformedRequest {
        return switch (op) {
            case CREATE, CREATE2, CREATE_CONTAINER, CREATE_TTL, DELETE, SET_DATA, SET_ACL -> write(op, in);
            case MULTI -> multi(in);
            case MULTI_READ -> multiRead(in);
            case EXISTS -> exists(in);
            case GET_DATA -> getData(in);
            case GET_CHILDREN, GET_CHILDREN2 -> getChildren(op, in);
            case GET_ACL -> new ReadRequest.GetAcl(in.text("path"));
            case GET_ALL_CHILDREN_NUMBER -> new ReadRequest.GetAllChildrenNumber(in.text("path"));
            case GET_EPHEMERALS -> new ReadRequest.GetEphemerals(in.text("prefixPath"));
            case SYNC -> new OrderedRequest.Sync(in.text("path"));
            case AUTH -> auth(in);
            case SET_WATCHES, SET_WATCHES2 -> setWatches(op, in);
            case ADD_WATCH -> new WatchingRequest.AddWatch(in.text("path"), in.int32("mode"));
            case CHECK_WATCHES -> new WatchingRequest.CheckWatches(in.text("path"), in.int32("type"));
            case REMOVE_WATCHES -> new WatchingRequest.RemoveWatches(in.text("path"), in.int32("type"));
            case PING -> new ConnectionRequest.Ping();
            case WHO_AM_I -> new ReadRequest.WhoAmI();
            case CLOSE_SESSION -> new OrderedRequest.CloseSession();
            case CHECK, SASL, RECONFIG, DELETE_CONTAINER, CREATE_SESSION, UNKNOWN -> refused(op, in);
        };
    }

    private static OrderedRequest.Write write(OpCode op, JuteReader in) throws MalformedRequest {
        String path = in.text("path");
        return new OrderedRequest.Write(
                op,
                switch (op) {
                    case CREATE, CREATE2, CREATE_CONTAINER, CREATE_TTL -> create(path, op, in);
                    case DELETE -> new WriteOp.Delete(path, in.int32("version"));
                    case SET_DATA -> new WriteOp.SetData(path, in.buffer("data"), in.int32("version"));
                    case SET_ACL -> new WriteOp.SetAcl(path, in.acl(), in.int32("version"));
                    case CHECK -> new WriteOp.Check(path, in.int32("version"));
                    default -> throw in.malformed(op + " where a write should be");
                });
    }

    private static WriteOp create(String path, OpCode op, JuteReader in) throws MalformedRequest {
        Payload data = in.buffer("data");
        Acl acl = in.acl();
        int flag = in.int32("flags");
        long ttlMillis = op == OpCode.CREATE_TTL ? in.int64("ttl") : WriteOp.Create.NO_TTL;
        return new WriteOp.Create(path, data, acl, flag, ttlMillis);
    }

    private static Request exists(JuteReader in) throws MalformedRequest {
        ReadRequest.Exists read = new ReadRequest.Exists(in.text("path"));
        return in.bool("watch") ? new WatchingRequest.Exists(read) : read;
    }

    private static Request getData(JuteReader in) throws MalformedRequest {
        ReadRequest.GetData read = new ReadRequest.GetData(in.text("path"));
        return in.bool("watch") ? new WatchingRequest.GetData(read) : read;
    }

    private static Request getChildren(OpCode op, JuteReader in) throws MalformedRequest {
        ReadRequest.GetChildren read = new ReadRequest.GetChildren(in.text("path"), op == OpCode.GET_CHILDREN2);
        return in.bool("watch") ? new WatchingRequest.GetChildren(read) : read;
    }

    private Request multi(JuteReader in) throws MalformedRequest {
        List<OrderedRequest.Write> ops = new ArrayList<>();
        for (var op = nextOp(in, 0); op.isPresent(); op = nextOp(in, ops.size())) {
            if (!WITHIN_MULTI.contains(op.get())) {
                throw in.malformed(op.get() + " in a multi");
            }
            ops.add(write(op.get(), in));
        }
        return new OrderedRequest.Multi(ops);
    }

    private Request multiRead(JuteReader in) throws MalformedRequest {
        List<ReadRequest.Part> reads = new ArrayList<>();
        for (var op = nextOp(in, 0); op.isPresent(); op = nextOp(in, reads.size())) {
            reads.add(part(op.get(), in));
        }
        return new ReadRequest.MultiRead(reads);
    }

    /** Sets no watch, whatever the client says. */
    private static ReadRequest.Part part(OpCode op, JuteReader in) throws MalformedRequest {
        if (op != OpCode.GET_DATA && op != OpCode.GET_CHILDREN) {
            throw in.malformed(op + " in a multiRead");
        }
        String path = in.text("path");
        in.bool("watch");
        return op == OpCode.GET_DATA ? new ReadRequest.GetData(path) : new ReadRequest.GetChildren(path, false);
    }

    /** The next operation of a multi; empty at its end. */
    private Optional<OpCode> nextOp(JuteReader in, int sofar) throws MalformedRequest {
        int type = in.int32("multi.type");
        boolean done = in.bool("multi.done");
        in.int32("multi.err");
        if (done) {
            return Optional.empty();
        }
        if (sofar == limits.multiOpsMax()) {
            throw in.malformed("a multi of more than " + sofar + " operations");
        }
        return Optional.of(OpCode.ofCode(type));
    }

    private static Request auth(JuteReader in) throws MalformedRequest {
        in.int32("auth.type");
        return new ConnectionRequest.Auth(in.text("auth.scheme"), in.bufferOrEmpty("auth.auth"));
    }

    private Request setWatches(OpCode op, JuteReader in) throws MalformedRequest {
        long relativeZxid = in.int64("relativeZxid");
        List<String> data = in.texts("dataWatches", limits.pathsMax());
        List<String> exist = in.texts("existWatches", limits.pathsMax());
        List<String> child = in.texts("childWatches", limits.pathsMax());
        boolean second = op == OpCode.SET_WATCHES2;
        List<String> persistent = second ? in.texts("persistentWatches", limits.pathsMax()) : List.of();
        List<String> recursive = second ? in.texts("persistentRecursiveWatches", limits.pathsMax()) : List.of();
        return new WatchingRequest.SetWatches(new WatchSet(relativeZxid, data, exist, child, persistent, recursive));
    }

    private static ErrorCode reason(OpCode refused) {
        if (refused == OpCode.SASL) {
            return ErrorCode.AUTH_FAILED;
        }
        return refused == OpCode.RECONFIG ? ErrorCode.RECONFIG_DISABLED : ErrorCode.UNIMPLEMENTED;
    }

    private static Request refused(OpCode op, JuteReader in) throws MalformedRequest {
        switch (op) {
            case CHECK -> write(op, in);
            case SASL -> in.bufferOrEmpty("token");
            case RECONFIG -> {
                in.text("joiningServers");
                in.text("leavingServers");
                in.text("newMembers");
                in.int64("curConfigId");
            }
            case DELETE_CONTAINER -> in.text("path");
            default -> in.skipRest();
        }
        return new Request.Refused(op, reason(op));
    }
}
