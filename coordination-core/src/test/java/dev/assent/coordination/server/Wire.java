package dev.assent.coordination.server;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.apache.jute.BinaryInputArchive;
import org.apache.jute.Record;
import org.apache.zookeeper.MultiResponse;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.proto.Create2Response;
import org.apache.zookeeper.proto.CreateResponse;
import org.apache.zookeeper.proto.ErrorResponse;
import org.apache.zookeeper.proto.ExistsResponse;
import org.apache.zookeeper.proto.GetACLResponse;
import org.apache.zookeeper.proto.GetAllChildrenNumberResponse;
import org.apache.zookeeper.proto.GetChildren2Response;
import org.apache.zookeeper.proto.GetChildrenResponse;
import org.apache.zookeeper.proto.GetDataResponse;
import org.apache.zookeeper.proto.GetEphemeralsResponse;
import org.apache.zookeeper.proto.SetACLResponse;
import org.apache.zookeeper.proto.SetDataResponse;
import org.apache.zookeeper.proto.SyncResponse;
import org.apache.zookeeper.proto.WhoAmIResponse;

/** Replies in words that are equal whenever a client could not tell them apart: no times, sessions by their role. */
final class Wire {
    private Wire() {}

    static String describe(int op, WireClient.Reply reply, long ownSession) {
        if (reply.closed()) {
            return "closed";
        }
        String events = reply.events().isEmpty() ? "" : " after " + reply.events();
        if (reply.error() != 0) {
            String body = reply.body().length == 0 ? "" : " with " + reply.body().length + " bytes";
            return "error " + reply.error() + body + events;
        }
        return body(op, reply.body(), ownSession) + events;
    }

    private static String body(int op, byte[] bytes, long own) {
        return switch (op) {
            case OpCode.create -> parsed(CreateResponse::new, bytes).getPath();
            case OpCode.create2, OpCode.createContainer, OpCode.createTTL -> {
                Create2Response response = parsed(Create2Response::new, bytes);
                yield response.getPath() + " " + stat(response.getStat(), own);
            }
            case OpCode.exists -> stat(parsed(ExistsResponse::new, bytes).getStat(), own);
            case OpCode.setData, OpCode.check ->
                stat(parsed(SetDataResponse::new, bytes).getStat(), own);
            case OpCode.setACL -> stat(parsed(SetACLResponse::new, bytes).getStat(), own);
            case OpCode.getData -> {
                GetDataResponse response = parsed(GetDataResponse::new, bytes);
                yield data(response.getData()) + " " + stat(response.getStat(), own);
            }
            case OpCode.getChildren ->
                names(parsed(GetChildrenResponse::new, bytes).getChildren());
            case OpCode.getChildren2 -> {
                GetChildren2Response response = parsed(GetChildren2Response::new, bytes);
                yield names(response.getChildren()) + " " + stat(response.getStat(), own);
            }
            case OpCode.getACL -> {
                GetACLResponse response = parsed(GetACLResponse::new, bytes);
                yield sorted(response.getAcl()) + " " + stat(response.getStat(), own);
            }
            case OpCode.getAllChildrenNumber ->
                "" + parsed(GetAllChildrenNumberResponse::new, bytes).getTotalNumber();
            case OpCode.getEphemerals ->
                names(parsed(GetEphemeralsResponse::new, bytes).getEphemerals());
            case OpCode.sync -> parsed(SyncResponse::new, bytes).getPath();
            case OpCode.whoAmI -> sorted(parsed(WhoAmIResponse::new, bytes).getClientInfo());
            case OpCode.addWatch -> "" + parsed(ErrorResponse::new, bytes).getErr();
            case OpCode.multi, OpCode.multiRead -> results(parsed(MultiResponse::new, bytes), own);
            default -> bytes.length + " bytes";
        };
    }

    private static <T extends Record> T parsed(Supplier<T> type, byte[] bytes) {
        T record = type.get();
        ByteArrayInputStream in = new ByteArrayInputStream(bytes);
        try {
            record.deserialize(BinaryInputArchive.getArchive(in), "response");
        } catch (IOException e) {
            throw new UncheckedIOException("not a " + record.getClass() + ": " + Arrays.toString(bytes), e);
        }
        if (in.available() > 0) {
            throw new AssertionError(in.available() + " bytes after a " + record.getClass());
        }
        return record;
    }

    private static String results(MultiResponse response, long own) {
        StringBuilder text = new StringBuilder();
        for (OpResult result : response) {
            text.append(result.getType())
                    .append(' ')
                    .append(result(result, own))
                    .append("; ");
        }
        return text.toString();
    }

    private static String result(OpResult result, long own) {
        if (result instanceof OpResult.ErrorResult error) {
            return "error " + error.getErr();
        }
        if (result instanceof OpResult.CreateResult create) {
            return create.getPath() + " " + (create.getStat() == null ? "" : stat(create.getStat(), own));
        }
        if (result instanceof OpResult.SetDataResult set) {
            return stat(set.getStat(), own);
        }
        if (result instanceof OpResult.GetDataResult get) {
            return data(get.getData()) + " " + stat(get.getStat(), own);
        }
        return result instanceof OpResult.GetChildrenResult children ? names(children.getChildren()) : "";
    }

    /** Of what a client has authenticated as, ZooKeeper keeps no order. */
    private static String sorted(List<? extends Record> records) {
        return records.stream()
                .map(Record::toString)
                .map(String::strip)
                .sorted()
                .toList()
                .toString();
    }

    private static String names(List<String> names) {
        Collections.sort(names);
        return names.toString();
    }

    private static String data(byte[] data) {
        return data == null ? "null" : "\"" + new String(data, StandardCharsets.UTF_8) + "\"";
    }

    private static String stat(Stat stat, long own) {
        long owner = stat.getEphemeralOwner();
        String ownerRole = owner == own ? "mine" : "another's";
        return "c" + count(stat.getCzxid()) + " m" + count(stat.getMzxid()) + " p" + count(stat.getPzxid()) + " v"
                + stat.getVersion() + " cv" + stat.getCversion() + " av" + stat.getAversion() + " owner "
                + (owner == 0 ? "none" : ownerRole) + " length " + stat.getDataLength() + " children "
                + stat.getNumChildren();
    }

    /** A zxid within its epoch: a standalone ZooKeeper stays in the first. */
    private static long count(long zxid) {
        return zxid & 0xffff_ffffL;
    }
}
