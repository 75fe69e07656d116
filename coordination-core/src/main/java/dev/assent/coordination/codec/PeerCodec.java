package dev.assent.coordination.codec;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.zab.PeerMessage;
import io.netty.buffer.ByteBuf;

/**
 * Bytes of a {@link PeerMessage}: format version, kind, fields in the order of the record; numbers big-endian.
 *
 * <p>Stateless and safe for use by any thread.
 */
public final class PeerCodec {
    /** The format's version; members of different versions refuse each other at the handshake. */
    public static final int VERSION = 2;

    /** The largest message in bytes: a batch, or one transaction or piece of a snapshot of any legal size. */
    public static final int MESSAGE_BYTES_MAX = Payload.TXN_BYTES_MAX + (1 << 20);

    /** Appends {@code message} to {@code target}. */
    public void encode(PeerMessage message, ByteBuf target) {
        target.writeByte(VERSION);
        message.accept(new PeerMessageWriter(target));
    }

    /**
     * Reads the message that takes up all of {@code source}.
     *
     * @throws MalformedMessageException if it is anything else than one well-formed message
     */
    public PeerMessage decode(ByteBuf source) throws MalformedMessageException {
        FieldReader fields = new FieldReader(source);
        int version = fields.unsignedByte("version");
        if (version != VERSION) {
            throw new MalformedMessageException("peer message of format version " + version + ", expected " + VERSION
                    + ": run the same release on all members");
        }
        int kind = fields.unsignedByte("kind");
        PeerMessage message = new PeerMessageReader(fields).read(MessageKind.of(kind));
        fields.end();
        return message;
    }
}
