package dev.assent.coordination.tree;

import dev.assent.coordination.bytes.ByteSink;
import dev.assent.coordination.bytes.ByteSource;
import dev.assent.coordination.bytes.CorruptEncoding;
import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.ErrorCode;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.SessionPassword;
import dev.assent.coordination.model.ZnodePath;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a transaction, as ZAB carries and the log keeps them.
 *
 * <pre>
 * txn      kind:1 session:8 cxid wallMillis server:1 request body
 * body     1 change | 2 count change* | 3 password:16 timeoutMillis | 4 | 5 error count error* | 6 count session:8*
 * change   1 path data acl owner childrenCreated | 2 path | 3 path data version | 4 path acl version | 5 path
 * owner    0 nobody | 1 a container | 2 the session in the header | 3 ttlMillis
 * </pre>
 *
 * Numbers without a width are variable; texts, data and lists are preceded by their length. A new kind gets a new
 * number; the meaning of an old one never changes, because logs outlive releases.
 */
public final class TxnCodec {
    private static final int SINGLE = 1;
    private static final int MULTI = 2;
    private static final int OPEN_SESSION = 3;
    private static final int CLOSE_SESSION = 4;
    private static final int REJECTED = 5;
    private static final int EXPIRE_SESSIONS = 6;

    private static final int CREATE = 1;
    private static final int DELETE = 2;
    private static final int SET_DATA = 3;
    private static final int SET_ACL = 4;
    private static final int CHECK = 5;

    private static final int OWNED_BY_NOBODY = 0;
    private static final int OWNED_AS_CONTAINER = 1;
    private static final int OWNED_BY_SESSION = 2;
    private static final int OWNED_AS_TTL = 3;

    private static final int TYPICAL_BYTES = 192;
    /** A kind and a path's length. */
    private static final int CHANGE_BYTES_MIN = 2;

    private TxnCodec() {}

    public static Payload encode(Txn txn) {
        ByteSink out = new ByteSink(TYPICAL_BYTES);
        txn.accept(new Encoder(out));
        return Payload.wrap(out.toByteArray());
    }

    /** Refuses whatever {@link #encode} does not write. */
    public static Txn decode(Payload payload) throws CorruptEncoding {
        ByteSource in = new ByteSource(payload.array());
        int kind = in.int8();
        Txn.Header header = header(in);
        Txn txn = body(kind, header, in);
        in.end();
        return txn;
    }

    private static Txn.Header header(ByteSource in) throws CorruptEncoding {
        SessionId session = session(in);
        int cxid = in.signed();
        long wallMillis = in.varint();
        ServerId server = new ServerId(in.int8() & 0xff);
        return new Txn.Header(session, cxid, wallMillis, new Txn.Origin(server, in.varint()));
    }

    private static Txn body(int kind, Txn.Header header, ByteSource in) throws CorruptEncoding {
        return switch (kind) {
            case SINGLE -> new Txn.Single(header, change(header, in));
            case MULTI -> multi(header, in);
            case OPEN_SESSION ->
                new Txn.OpenSession(header, new SessionPassword(in.raw(SessionPassword.SIZE)), in.signed());
            case CLOSE_SESSION -> new Txn.CloseSession(header);
            case REJECTED -> rejected(header, in);
            case EXPIRE_SESSIONS -> expireSessions(header, in);
            default -> throw in.corrupt("a transaction of kind " + kind);
        };
    }

    private static Txn multi(Txn.Header header, ByteSource in) throws CorruptEncoding {
        int count = in.count(CHANGE_BYTES_MIN);
        List<Change> changes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            changes.add(change(header, in));
        }
        return new Txn.Multi(header, changes);
    }

    private static Txn rejected(Txn.Header header, ByteSource in) throws CorruptEncoding {
        ErrorCode error = error(in);
        int count = in.count(1);
        List<ErrorCode> errors = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            errors.add(error(in));
        }
        return new Txn.Rejected(header, error, errors);
    }

    private static Txn expireSessions(Txn.Header header, ByteSource in) throws CorruptEncoding {
        int count = in.count(Long.BYTES);
        List<SessionId> sessions = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            sessions.add(session(in));
        }
        return new Txn.ExpireSessions(header, sessions);
    }

    private static SessionId session(ByteSource in) throws CorruptEncoding {
        long session = in.int64();
        if (session == 0) {
            throw in.corrupt("session 0");
        }
        return new SessionId(session);
    }

    private static ErrorCode error(ByteSource in) throws CorruptEncoding {
        int code = in.signed();
        return ErrorCode.ofCode(code).orElseThrow(() -> in.corrupt("error " + code));
    }

    private static Change change(Txn.Header header, ByteSource in) throws CorruptEncoding {
        int kind = in.int8();
        ZnodePath path = in.path();
        return switch (kind) {
            case CREATE -> new Change.Create(path, payload(in), in.acl(), owner(header, in), in.signed());
            case DELETE -> new Change.Delete(path);
            case SET_DATA -> new Change.SetData(path, payload(in), in.signed());
            case SET_ACL -> new Change.SetAcl(path, in.acl(), in.signed());
            case CHECK -> new Change.Check(path);
            default -> throw in.corrupt("a change of kind " + kind);
        };
    }

    private static @Nullable Payload payload(ByteSource in) throws CorruptEncoding {
        byte[] data = in.data();
        return data == null ? null : Payload.wrap(data);
    }

    private static long owner(Txn.Header header, ByteSource in) throws CorruptEncoding {
        int owner = in.int8();
        return switch (owner) {
            case OWNED_BY_NOBODY -> 0;
            case OWNED_AS_CONTAINER -> Owner.CONTAINER;
            case OWNED_BY_SESSION -> header.session().value();
            case OWNED_AS_TTL -> ttl(in);
            default -> throw in.corrupt("an owner of kind " + owner);
        };
    }

    private static long ttl(ByteSource in) throws CorruptEncoding {
        long millis = in.varint();
        if (!Owner.isTtl(millis)) {
            throw in.corrupt("a time to live of " + millis + " ms");
        }
        return Owner.ofTtl(millis);
    }

    /** Returns whatever; what counts is the sink. */
    private record Encoder(ByteSink out) implements Txn.Handler<ByteSink>, Change.Handler<ByteSink> {
        private void header(int kind, Txn.Header header) {
            out.int8(kind);
            out.int64(header.session().value());
            out.signed(header.cxid());
            out.varint(header.wallMillis());
            out.int8(header.origin().server().value());
            out.varint(header.origin().request());
        }

        @Override
        public ByteSink single(Txn.Single txn) {
            header(SINGLE, txn.header());
            return txn.change().accept(this);
        }

        @Override
        public ByteSink multi(Txn.Multi txn) {
            header(MULTI, txn.header());
            out.varint(txn.changes().size());
            txn.changes().forEach(change -> change.accept(this));
            return out;
        }

        @Override
        public ByteSink openSession(Txn.OpenSession txn) {
            header(OPEN_SESSION, txn.header());
            out.raw(txn.password().bytes());
            out.signed(txn.timeoutMillis());
            return out;
        }

        @Override
        public ByteSink closeSession(Txn.CloseSession txn) {
            header(CLOSE_SESSION, txn.header());
            return out;
        }

        @Override
        public ByteSink expireSessions(Txn.ExpireSessions txn) {
            header(EXPIRE_SESSIONS, txn.header());
            out.varint(txn.sessions().size());
            txn.sessions().forEach(session -> out.int64(session.value()));
            return out;
        }

        @Override
        public ByteSink rejected(Txn.Rejected txn) {
            header(REJECTED, txn.header());
            out.signed(txn.error().code());
            out.varint(txn.opErrors().size());
            txn.opErrors().forEach(error -> out.signed(error.code()));
            return out;
        }

        @Override
        public ByteSink create(Change.Create change) {
            start(CREATE, change);
            data(change.data());
            acl(change.acl());
            owner(change.ephemeralOwner());
            out.signed(change.childrenCreated());
            return out;
        }

        private void owner(long owner) {
            long ttlMillis = Owner.ttlMillis(owner);
            if (ttlMillis > 0) {
                out.int8(OWNED_AS_TTL);
                out.varint(ttlMillis);
            } else if (owner == Owner.CONTAINER) {
                out.int8(OWNED_AS_CONTAINER);
            } else {
                out.int8(owner == Owner.NOBODY ? OWNED_BY_NOBODY : OWNED_BY_SESSION);
            }
        }

        @Override
        public ByteSink delete(Change.Delete change) {
            start(DELETE, change);
            return out;
        }

        @Override
        public ByteSink setData(Change.SetData change) {
            start(SET_DATA, change);
            data(change.data());
            out.signed(change.newVersion());
            return out;
        }

        @Override
        public ByteSink setAcl(Change.SetAcl change) {
            start(SET_ACL, change);
            acl(change.acl());
            out.signed(change.newVersion());
            return out;
        }

        @Override
        public ByteSink check(Change.Check change) {
            start(CHECK, change);
            return out;
        }

        private void start(int kind, Change change) {
            out.int8(kind);
            out.text(change.path().value());
        }

        private void data(@Nullable Payload data) {
            out.data(data == null ? null : data.array());
        }

        private void acl(Acl acl) {
            out.acl(acl);
        }
    }
}
