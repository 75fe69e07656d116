package dev.assent.coordination.disk;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC32C that starts from a segment's secret salt. Not for use by several threads. */
final class SaltedChecksum {
    private final byte[] salt;
    private final CRC32C crc = new CRC32C();

    SaltedChecksum(long salt) {
        this.salt = ByteBuffer.allocate(Long.BYTES).putLong(salt).array();
    }

    /** The checksum of the frame that begins at {@code offset}: all of it but for the checksum's own field. */
    int of(ByteBuffer bytes, int offset, int payloadBytes) {
        crc.reset();
        crc.update(salt, 0, salt.length);
        ByteBuffer view = bytes.duplicate();
        crc.update(view.limit(offset + Frame.CRC_OFFSET).position(offset));
        view.limit(offset + Frame.aligned(payloadBytes)).position(offset + Frame.HEADER_BYTES);
        crc.update(view);
        return (int) crc.getValue();
    }
}
