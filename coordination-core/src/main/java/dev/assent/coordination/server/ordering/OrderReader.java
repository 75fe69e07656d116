package dev.assent.coordination.server.ordering;

import dev.assent.coordination.bytes.ByteSource;
import dev.assent.coordination.bytes.CorruptEncoding;
import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.ErrorCode;
import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.WriteOp;
import dev.assent.coordination.server.ordering.ServerMessage.ForwardedOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link OrderWriter} wrote. A change whose content cannot be read becomes one that is refused: it costs its
 * sender an error, and the others of the same message nothing.
 */
final class OrderReader {
    /** Two lengths. */
    private static final int IDENTITY_BYTES_MIN = 2;
    /** Bits, and an identity. */
    private static final int ENTRY_BYTES_MIN = 1 + IDENTITY_BYTES_MIN;
    /** A kind, a length and a version. */
    private static final int OP_BYTES_MIN = 3;

    private final ByteSource in;
    private @Nullable List<Identity> identitiesBefore;

    OrderReader(ByteSource in) {
        this.in = in;
    }

    ForwardedOrder read() throws CorruptEncoding {
        return new ForwardedOrder(in.int64(), order(in.int8()));
    }

    private Order order(int kind) throws CorruptEncoding {
        return switch (kind) {
            case OrderWriter.OPEN -> new Order.Open(in.signed());
            case OrderWriter.REOPEN -> new Order.Reopen(ServerMessageCodec.session(in), password());
            case OrderWriter.CATCH_UP -> new Order.CatchUp();
            case OrderWriter.WRITE, OrderWriter.MULTI, OrderWriter.CLOSE_SESSION, OrderWriter.REFUSE -> change(kind);
            default -> throw in.corrupt("an order of kind " + kind);
        };
    }

    private Payload password() throws CorruptEncoding {
        Payload password = payload(in);
        if (password == null) {
            throw in.corrupt("no password");
        }
        return password;
    }

    private Order change(int kind) throws CorruptEncoding {
        Order.Sender sender = new Order.Sender(ServerMessageCodec.session(in), in.int64(), in.signed());
        ByteSource content = in.part();
        try {
            Order order = change(kind, sender, content);
            content.end();
            return order;
        } catch (CorruptEncoding unreadable) {
            return new Order.Refuse(sender, ErrorCode.MARSHALLING_ERROR);
        }
    }

    private Order change(int kind, Order.Sender sender, ByteSource content) throws CorruptEncoding {
        return switch (kind) {
            case OrderWriter.WRITE -> new Order.Write(sender, identities(content), op(content));
            case OrderWriter.MULTI -> new Order.Multi(sender, identities(content), ops(content));
            case OrderWriter.CLOSE_SESSION -> new Order.CloseSession(sender);
            case OrderWriter.REFUSE -> new Order.Refuse(sender, error(content));
            default -> throw content.corrupt("a change of kind " + kind);
        };
    }

    /** Where they cannot be read, nobody knows who the next sender is that is named as the same. */
    private List<Identity> identities(ByteSource content) throws CorruptEncoding {
        List<Identity> now = identitiesBefore;
        identitiesBefore = null;
        int countAndOne = content.countAndOne(IDENTITY_BYTES_MIN);
        if (countAndOne > 0) {
            List<Identity> named = new ArrayList<>(countAndOne - 1);
            for (int i = 1; i < countAndOne; i++) {
                named.add(new Identity(content.text(), content.text()));
            }
            now = List.copyOf(named);
        }
        if (now == null) {
            throw content.corrupt("the identities of nobody");
        }
        identitiesBefore = now;
        return now;
    }

    private static List<WriteOp> ops(ByteSource content) throws CorruptEncoding {
        int count = content.count(OP_BYTES_MIN);
        List<WriteOp> ops = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ops.add(op(content));
        }
        return ops;
    }

    private static WriteOp op(ByteSource in) throws CorruptEncoding {
        int kind = in.int8();
        String path = in.text();
        return switch (kind) {
            case OrderWriter.OP_CREATE -> new WriteOp.Create(path, payload(in), acl(in), in.signed());
            case OrderWriter.OP_CREATE_TTL -> new WriteOp.Create(path, payload(in), acl(in), in.signed(), in.int64());
            case OrderWriter.OP_DELETE -> new WriteOp.Delete(path, in.signed());
            case OrderWriter.OP_SET_DATA -> new WriteOp.SetData(path, payload(in), in.signed());
            case OrderWriter.OP_SET_ACL -> new WriteOp.SetAcl(path, acl(in), in.signed());
            case OrderWriter.OP_CHECK -> new WriteOp.Check(path, in.signed());
            default -> throw in.corrupt("an operation of kind " + kind);
        };
    }

    private static @Nullable Payload payload(ByteSource in) throws CorruptEncoding {
        byte[] data = in.data();
        return data == null ? null : Payload.wrap(data);
    }

    private static Acl acl(ByteSource in) throws CorruptEncoding {
        int countAndOne = in.countAndOne(ENTRY_BYTES_MIN);
        if (countAndOne == 0) {
            return Acl.OPEN;
        }
        if (countAndOne - 1 > Acl.ENTRIES_MAX) {
            throw in.corrupt("an ACL of " + (countAndOne - 1) + " entries");
        }
        List<Acl.Entry> entries = new ArrayList<>(countAndOne - 1);
        for (int i = 1; i < countAndOne; i++) {
            entries.add(new Acl.Entry(in.signed(), new Identity(in.text(), in.text())));
        }
        return new Acl(entries);
    }

    private static ErrorCode error(ByteSource in) throws CorruptEncoding {
        int code = in.signed();
        return ErrorCode.ofCode(code).orElseThrow(() -> in.corrupt("error " + code));
    }
}
