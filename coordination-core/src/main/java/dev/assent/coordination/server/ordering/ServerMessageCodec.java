package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.server.ordering.ServerMessage.Ask;
import dev.assent.coordination.server.ordering.ServerMessage.Asked;
import dev.assent.coordination.server.ordering.ServerMessage.CaughtUp;
import dev.assent.coordination.server.ordering.ServerMessage.Claim;
import dev.assent.coordination.server.ordering.ServerMessage.Claimed;
import dev.assent.coordination.server.ordering.ServerMessage.Displaced;
import dev.assent.coordination.server.ordering.ServerMessage.Heard;
import dev.assent.coordination.server.ordering.ServerMessage.Mark;
import dev.assent.coordination.server.ordering.ServerMessage.Reopened;
import dev.assent.coordination.server.ordering.ServerMessage.Vouched;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The bytes of {@link ServerMessage}s: one for the kind, then its fields, big-endian, lists by count, bytes by length.
 * Nothing is allocated for a length that was only announced.
 */
final class ServerMessageCodec {
    private static final int ASKED = 1;
    private static final int HEARD = 2;
    private static final int CLAIMED = 3;
    private static final int CAUGHT_UP = 4;
    private static final int REOPENED = 5;
    private static final int DISPLACED = 6;
    private static final int VOUCHED = 7;

    private static final int OPEN = 1;
    private static final int REOPEN = 2;
    private static final int CHANGE = 3;
    private static final int CATCH_UP = 4;

    private ServerMessageCodec() {}

    static Payload encode(ServerMessage message) {
        ByteBuf out = Unpooled.buffer(256);
        message.accept(new Writer(out));
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return Payload.wrap(bytes);
    }

    /** @throws IllegalArgumentException if these bytes are no message */
    static ServerMessage decode(Payload payload) {
        ByteBuf in = Unpooled.wrappedBuffer(payload.array());
        try {
            int kind = in.readByte();
            return switch (kind) {
                case ASKED -> new Asked(list(in, ServerMessageCodec::ask));
                case HEARD ->
                    new Heard(list(in, ServerMessageCodec::session), in.readBoolean(), in.readLong(), mark(in));
                case VOUCHED -> new Vouched(in.readLong(), in.readLong(), mark(in));
                case CLAIMED -> new Claimed(list(in, from -> new Claim(session(from), from.readLong())));
                case CAUGHT_UP -> new CaughtUp(in.readLong(), new Zxid(in.readLong()));
                case REOPENED -> new Reopened(in.readLong(), new Zxid(in.readLong()), in.readLong(), in.readInt());
                case DISPLACED -> new Displaced(session(in), in.readLong());
                default -> throw new IllegalArgumentException("unknown server message " + kind);
            };
        } catch (IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("a server message is cut short", e);
        }
    }

    private static Ask ask(ByteBuf in) {
        long request = in.readLong();
        int kind = in.readByte();
        Order order =
                switch (kind) {
                    case OPEN -> new Order.Open(in.readInt());
                    case REOPEN -> new Order.Reopen(session(in), bytes(in));
                    case CHANGE -> new Order.Change(session(in), in.readLong(), bytes(in), bytes(in));
                    case CATCH_UP -> new Order.CatchUp();
                    default -> throw new IllegalArgumentException("unknown order " + kind);
                };
        return new Ask(request, order);
    }

    private static Mark mark(ByteBuf in) {
        return new Mark(in.readLong(), in.readLong());
    }

    private static SessionId session(ByteBuf in) {
        return new SessionId(in.readLong());
    }

    private static Payload bytes(ByteBuf in) {
        int length = in.readInt();
        if (length < 0 || length > in.readableBytes()) {
            throw new IllegalArgumentException("a length of " + length + " where " + in.readableBytes() + " B follow");
        }
        byte[] bytes = new byte[length];
        in.readBytes(bytes);
        return Payload.wrap(bytes);
    }

    private static <T> List<T> list(ByteBuf in, Function<ByteBuf, T> element) {
        int count = in.readInt();
        List<T> elements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            elements.add(element.apply(in));
        }
        return elements;
    }

    private static final class Writer implements ServerMessage.Handler<ByteBuf>, Order.Handler<ByteBuf> {
        private final ByteBuf out;

        Writer(ByteBuf out) {
            this.out = out;
        }

        @Override
        public ByteBuf asked(Asked message) {
            out.writeByte(ASKED).writeInt(message.asks().size());
            for (Ask ask : message.asks()) {
                out.writeLong(ask.request());
                ask.order().accept(this);
            }
            return out;
        }

        @Override
        public ByteBuf heard(Heard message) {
            out.writeByte(HEARD).writeInt(message.sessions().size());
            message.sessions().forEach(session -> out.writeLong(session.value()));
            return mark(out.writeBoolean(message.last()).writeLong(message.throughMillis()), message.mark());
        }

        @Override
        public ByteBuf vouched(Vouched message) {
            out.writeByte(VOUCHED).writeLong(message.throughMillis()).writeLong(message.backedMillisAgo());
            return mark(out, message.mark());
        }

        private static ByteBuf mark(ByteBuf out, Mark mark) {
            return out.writeLong(mark.clockMillis()).writeLong(mark.listenedMillis());
        }

        @Override
        public ByteBuf claimed(Claimed message) {
            out.writeByte(CLAIMED).writeInt(message.claims().size());
            for (Claim claim : message.claims()) {
                out.writeLong(claim.session().value()).writeLong(claim.tenure());
            }
            return out;
        }

        @Override
        public ByteBuf caughtUp(CaughtUp message) {
            return out.writeByte(CAUGHT_UP)
                    .writeLong(message.request())
                    .writeLong(message.position().value());
        }

        @Override
        public ByteBuf reopened(Reopened message) {
            return out.writeByte(REOPENED)
                    .writeLong(message.request())
                    .writeLong(message.position().value())
                    .writeLong(message.tenure())
                    .writeInt(message.timeoutMillis());
        }

        @Override
        public ByteBuf displaced(Displaced message) {
            return out.writeByte(DISPLACED).writeLong(message.session().value()).writeLong(message.tenure());
        }

        @Override
        public ByteBuf open(Order.Open order) {
            return out.writeByte(OPEN).writeInt(order.timeoutMillis());
        }

        @Override
        public ByteBuf reopen(Order.Reopen order) {
            out.writeByte(REOPEN).writeLong(order.session().value());
            return bytes(order.password());
        }

        @Override
        public ByteBuf change(Order.Change order) {
            out.writeByte(CHANGE).writeLong(order.session().value()).writeLong(order.tenure());
            bytes(order.identities());
            return bytes(order.frame());
        }

        @Override
        public ByteBuf catchUp(Order.CatchUp order) {
            return out.writeByte(CATCH_UP);
        }

        private ByteBuf bytes(Payload payload) {
            return out.writeInt(payload.size()).writeBytes(payload.array());
        }
    }
}
