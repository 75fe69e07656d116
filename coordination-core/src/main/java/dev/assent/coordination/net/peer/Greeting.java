package dev.assent.coordination.net.peer;

import dev.assent.coordination.codec.MalformedMessageException;
import dev.assent.coordination.codec.PeerCodec;
import dev.assent.coordination.model.ServerId;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** What the two ends of a new connection say first: the dialling one its hello, the other its hello or a refusal. */
sealed interface Greeting {
    /** More than any greeting needs. */
    int BYTES_MAX = 1024;

    int REASON_CHARS_MAX = 500;
    long MAGIC = 0x4153_4E54_5045_4552L; // "ASNTPEER"

    /** I am {@code from} of {@code cluster} and want to talk to {@code to}. */
    record Hello(int version, String cluster, ServerId from, ServerId to) implements Greeting {
        Hello(String cluster, ServerId from, ServerId to) {
            this(PeerCodec.VERSION, cluster, from, to);
        }
    }

    /** I do not talk to you. */
    record Refusal(String reason) implements Greeting {}

    static void encode(Greeting greeting, ByteBuf target) {
        target.writeLong(MAGIC);
        if (greeting instanceof Hello hello) {
            target.writeByte(1).writeByte(hello.version());
            target.writeByte(hello.from().value()).writeByte(hello.to().value());
            text(hello.cluster(), target);
        } else if (greeting instanceof Refusal refusal) {
            target.writeByte(2);
            String reason = refusal.reason();
            text(reason.substring(0, Math.min(reason.length(), REASON_CHARS_MAX)), target);
        }
    }

    static Greeting decode(ByteBuf source) throws MalformedMessageException {
        if (source.readableBytes() < Long.BYTES + 1 || source.readLong() != MAGIC) {
            throw new MalformedMessageException("this is not another member: check the peer port in its configuration");
        }
        int kind = source.readByte();
        if (kind == 1 && source.readableBytes() >= 3) {
            int version = source.readUnsignedByte();
            ServerId from = new ServerId(source.readUnsignedByte());
            ServerId to = new ServerId(source.readUnsignedByte());
            return new Hello(version, text(source), from, to);
        }
        if (kind == 2) {
            return new Refusal(text(source));
        }
        throw new MalformedMessageException("a greeting of unknown kind " + kind);
    }

    private static void text(String text, ByteBuf target) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        target.writeShort(bytes.length).writeBytes(bytes);
    }

    private static String text(ByteBuf source) throws MalformedMessageException {
        if (source.readableBytes() < Short.BYTES
                || source.getUnsignedShort(source.readerIndex()) != source.readableBytes() - Short.BYTES) {
            throw new MalformedMessageException("a greeting whose text has another length than it says");
        }
        source.skipBytes(Short.BYTES);
        return source.readCharSequence(source.readableBytes(), StandardCharsets.US_ASCII)
                .toString()
                .replaceAll("[^ -~]", "?");
    }
}
