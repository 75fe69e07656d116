package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.Payload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The bytes that tell another server who a client is. */
public final class Identities {
    /** A client that authenticates more often than this is refused. */
    public static final int COUNT_MAX = 64;

    /** Encoded. They go to the leader with each write, and into ACLs; a client that proves to be more is refused. */
    public static final int BYTES_MAX = 16 << 10;

    private Identities() {}

    public static Payload encode(List<Identity> identities) {
        ByteBuf out = Unpooled.buffer();
        out.writeByte(identities.size());
        for (Identity identity : identities) {
            writeText(out, identity.scheme());
            writeText(out, identity.id());
        }
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return Payload.wrap(bytes);
    }

    /**
     * What {@link #encode} was given.
     *
     * @throws IllegalArgumentException if these bytes are not what {@link #encode} made
     */
    public static List<Identity> decode(Payload payload) {
        ByteBuf in = Unpooled.wrappedBuffer(payload.array());
        try {
            int count = in.readUnsignedByte();
            List<Identity> identities = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                identities.add(new Identity(readText(in), readText(in)));
            }
            return List.copyOf(identities);
        } catch (IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("identities are cut short", e);
        }
    }

    private static void writeText(ByteBuf out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length).writeBytes(bytes);
    }

    private static String readText(ByteBuf in) {
        int length = in.readInt();
        if (length < 0 || length > BYTES_MAX) {
            throw new IllegalArgumentException("an identity of " + length + " bytes");
        }
        return in.readCharSequence(length, StandardCharsets.UTF_8).toString();
    }
}
