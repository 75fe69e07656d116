package dev.assent.coordination.disk;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Zxid;
import java.nio.ByteBuffer;

/**
 * The bytes of one log record: a header of 32 bytes, the payload, zeros up to a multiple of 8.
 *
 * <p>Three fields do more than find damage. The checksum starts from the segment's secret salt, so bytes inside a
 * client's data can never pass for a record. {@code previousCrc} chains the records. {@code durableTo} tells how much
 * of the segment was already safe when the record was written: it tells a group that a power cut left unfinished from
 * bytes that went bad later.
 *
 * <p>A seal is a header without payload, written after each sync and overwritten by the next record: it bears the
 * same witness for the last group.
 */
record Frame(boolean seal, Zxid zxid, int previousCrc, int durableTo, int crc, int payloadBytes) {
    static final int HEADER_BYTES = 32;
    static final int ALIGNMENT_BYTES = 8;

    /** Larger than any transaction a client can make; a longer length is damage. */
    static final int PAYLOAD_BYTES_MAX = Payload.TXN_BYTES_MAX;

    private static final int RECORD = 0x4153_4E52; // "ASNR"
    private static final int SEAL = 0x4153_4E53; // "ASNS"
    static final int CRC_OFFSET = 28;

    /** Whether a frame may begin here: cheap, to be followed by {@link #parse}. */
    static boolean startsAt(ByteBuffer bytes, int offset) {
        int magic = bytes.getInt(offset);
        return magic == RECORD || magic == SEAL;
    }

    /** The length of the frame that seems to begin at {@code offset}, or 0 if that cannot be one. */
    static int frameBytes(ByteBuffer bytes, int offset) {
        int payloadBytes = bytes.getInt(offset + 4);
        boolean plausible = startsAt(bytes, offset)
                && payloadBytes >= 0
                && payloadBytes <= PAYLOAD_BYTES_MAX
                && bytes.getLong(offset + 8) >= 0;
        return plausible ? aligned(payloadBytes) : 0;
    }

    static int aligned(int payloadBytes) {
        return (HEADER_BYTES + payloadBytes + ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES;
    }

    /** The frame at {@code offset}, which {@link #frameBytes} found plausible and which is there as a whole. */
    static Frame parse(ByteBuffer bytes, int offset) {
        return new Frame(
                bytes.getInt(offset) == SEAL,
                new Zxid(bytes.getLong(offset + 8)),
                bytes.getInt(offset + 16),
                bytes.getInt(offset + 20),
                bytes.getInt(offset + CRC_OFFSET),
                bytes.getInt(offset + 4));
    }

    /** Whether the checksum fits the frame at {@code offset}. */
    boolean intact(ByteBuffer bytes, int offset, SaltedChecksum checksum) {
        return checksum.of(bytes, offset, payloadBytes) == crc;
    }

    /** Appends a record to {@code target} and returns its checksum. */
    static int put(ByteBuffer target, Zxid zxid, Payload txn, int previousCrc, int durableTo, SaltedChecksum checksum) {
        int offset = target.position();
        target.putInt(RECORD)
                .putInt(txn.size())
                .putLong(zxid.value())
                .putInt(previousCrc)
                .putInt(durableTo);
        target.putInt(0).putInt(0).put(txn.array());
        int end = offset + aligned(txn.size());
        while (target.position() < end) {
            target.put((byte) 0);
        }
        int crc = checksum.of(target, offset, txn.size());
        target.putInt(offset + CRC_OFFSET, crc);
        return crc;
    }

    /** Appends a seal. */
    static void putSeal(ByteBuffer target, Zxid last, int previousCrc, int durableTo, SaltedChecksum checksum) {
        int offset = target.position();
        target.putInt(SEAL).putInt(0).putLong(last.value()).putInt(previousCrc).putInt(durableTo);
        target.putInt(0).putInt(0);
        target.putInt(offset + CRC_OFFSET, checksum.of(target, offset, 0));
    }
}
