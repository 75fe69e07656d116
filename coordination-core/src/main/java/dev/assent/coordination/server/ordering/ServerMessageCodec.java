package dev.assent.coordination.server.ordering;

import dev.assent.coordination.bytes.ByteSink;
import dev.assent.coordination.bytes.ByteSource;
import dev.assent.coordination.bytes.CorruptEncoding;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.server.ordering.ServerMessage.CaughtUp;
import dev.assent.coordination.server.ordering.ServerMessage.Claim;
import dev.assent.coordination.server.ordering.ServerMessage.Claimed;
import dev.assent.coordination.server.ordering.ServerMessage.Confirmed;
import dev.assent.coordination.server.ordering.ServerMessage.Displaced;
import dev.assent.coordination.server.ordering.ServerMessage.Forwarded;
import dev.assent.coordination.server.ordering.ServerMessage.ForwardedOrder;
import dev.assent.coordination.server.ordering.ServerMessage.Heard;
import dev.assent.coordination.server.ordering.ServerMessage.Mark;
import dev.assent.coordination.server.ordering.ServerMessage.Reopened;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The bytes of {@link ServerMessage}s: one for the kind, then its fields; lists by count, orders by the length of all and
 * as {@link OrderWriter} writes them. Nothing is allocated for a length that was only announced.
 */
final class ServerMessageCodec {
    private static final int ASKED = 1;
    private static final int HEARD = 2;
    private static final int CLAIMED = 3;
    private static final int CAUGHT_UP = 4;
    private static final int REOPENED = 5;
    private static final int DISPLACED = 6;
    private static final int CONFIRMED = 7;

    private static final int TYPICAL_BYTES = 256;
    private static final int CLAIM_BYTES = 2 * Long.BYTES;

    private ServerMessageCodec() {}

    static Payload encode(ServerMessage message) {
        return Payload.wrap(
                message.accept(new Writer(new ByteSink(TYPICAL_BYTES))).toByteArray());
    }

    /** Several {@link Asked} with all of these between them; each but the last has a little more than {@code bytes}. */
    static List<Payload> encodeInParts(List<ForwardedOrder> orders, int bytes) {
        List<Payload> parts = new ArrayList<>();
        Iterator<ForwardedOrder> rest = orders.iterator();
        while (rest.hasNext()) {
            ByteSink out = new ByteSink(TYPICAL_BYTES);
            forwarded(out, rest, bytes);
            parts.add(Payload.wrap(out.toByteArray()));
        }
        return parts;
    }

    /** As many as fit, and at least one if there is one. */
    private static void forwarded(ByteSink out, Iterator<ForwardedOrder> orders, int bytes) {
        out.int8(ASKED);
        int start = out.startPart();
        OrderWriter writer = new OrderWriter(out);
        while (orders.hasNext() && out.length() <= bytes) {
            writer.write(orders.next());
        }
        out.endPart(start);
    }

    /** Refuses whatever {@link #encode} does not write, the content of a change aside: see {@link OrderReader}. */
    static ServerMessage decode(Payload payload) throws CorruptEncoding {
        ByteSource in = new ByteSource(payload.array());
        ServerMessage message = message(in.int8(), in);
        in.end();
        return message;
    }

    private static ServerMessage message(int kind, ByteSource in) throws CorruptEncoding {
        return switch (kind) {
            case ASKED -> forwarded(in);
            case HEARD -> new Heard(sessions(in), flag(in), in.int64(), mark(in));
            case CONFIRMED -> new Confirmed(in.int64(), in.int64(), mark(in));
            case CLAIMED -> claimed(in);
            case CAUGHT_UP -> new CaughtUp(in.int64(), zxid(in));
            case REOPENED -> new Reopened(in.int64(), zxid(in), in.int64(), in.signed());
            case DISPLACED -> new Displaced(session(in), in.int64());
            default -> throw in.corrupt("a server message of kind " + kind);
        };
    }

    private static Forwarded forwarded(ByteSource in) throws CorruptEncoding {
        ByteSource part = in.part();
        OrderReader reader = new OrderReader(part);
        List<ForwardedOrder> orders = new ArrayList<>();
        while (!part.atEnd()) {
            orders.add(reader.read());
        }
        return new Forwarded(orders);
    }

    private static List<SessionId> sessions(ByteSource in) throws CorruptEncoding {
        int count = in.count(Long.BYTES);
        List<SessionId> sessions = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            sessions.add(session(in));
        }
        return sessions;
    }

    private static Claimed claimed(ByteSource in) throws CorruptEncoding {
        int count = in.count(CLAIM_BYTES);
        List<Claim> claims = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            claims.add(new Claim(session(in), in.int64()));
        }
        return new Claimed(claims);
    }

    static SessionId session(ByteSource in) throws CorruptEncoding {
        long value = in.int64();
        if (value == 0) {
            throw in.corrupt("session 0");
        }
        return new SessionId(value);
    }

    private static Zxid zxid(ByteSource in) throws CorruptEncoding {
        long value = in.int64();
        if (value < 0) {
            throw in.corrupt("a zxid of 0x" + Long.toHexString(value));
        }
        return new Zxid(value);
    }

    private static boolean flag(ByteSource in) throws CorruptEncoding {
        int value = in.int8();
        if (value != 0 && value != 1) {
            throw in.corrupt(value + " is neither 0 nor 1");
        }
        return value == 1;
    }

    private static Mark mark(ByteSource in) throws CorruptEncoding {
        return new Mark(in.int64(), in.int64());
    }

    private record Writer(ByteSink out) implements ServerMessage.Handler<ByteSink> {
        @Override
        public ByteSink forwarded(Forwarded message) {
            ServerMessageCodec.forwarded(out, message.orders().iterator(), Integer.MAX_VALUE);
            return out;
        }

        @Override
        public ByteSink heard(Heard message) {
            out.int8(HEARD);
            out.varint(message.sessions().size());
            message.sessions().forEach(session -> out.int64(session.value()));
            out.int8(message.last() ? 1 : 0);
            out.int64(message.throughMillis());
            return mark(message.mark());
        }

        @Override
        public ByteSink confirmed(Confirmed message) {
            out.int8(CONFIRMED);
            out.int64(message.throughMillis());
            out.int64(message.backedMillisAgo());
            return mark(message.mark());
        }

        private ByteSink mark(Mark mark) {
            out.int64(mark.clockMillis());
            out.int64(mark.listenedMillis());
            return out;
        }

        @Override
        public ByteSink claimed(Claimed message) {
            out.int8(CLAIMED);
            out.varint(message.claims().size());
            for (Claim claim : message.claims()) {
                out.int64(claim.session().value());
                out.int64(claim.tenure());
            }
            return out;
        }

        @Override
        public ByteSink caughtUp(CaughtUp message) {
            out.int8(CAUGHT_UP);
            out.int64(message.request());
            out.int64(message.position().value());
            return out;
        }

        @Override
        public ByteSink reopened(Reopened message) {
            out.int8(REOPENED);
            out.int64(message.request());
            out.int64(message.position().value());
            out.int64(message.tenure());
            out.signed(message.timeoutMillis());
            return out;
        }

        @Override
        public ByteSink displaced(Displaced message) {
            out.int8(DISPLACED);
            out.int64(message.session().value());
            out.int64(message.tenure());
            return out;
        }
    }
}
