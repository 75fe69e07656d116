package dev.assent.coordination.disk;

import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.spi.CorruptDataException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * The first 64 bytes of a log segment.
 *
 * @param sequence consecutive from one segment to the next, from 1
 * @param base the position just before the first record
 * @param previousCrc the checksum of the record at {@code base}, 0 if there is none
 * @param salt secret and random, the seed of every checksum in the segment
 * @param restart whether all segments before this one are void
 */
record SegmentHeader(long sequence, Zxid base, int previousCrc, long salt, boolean restart) {
    static final int SIZE_BYTES = 64;
    private static final long MAGIC = 0x4153_4E54_4C4F_4731L; // "ASNTLOG1"
    private static final int VERSION = 1;
    private static final int CRC_OFFSET = SIZE_BYTES - Integer.BYTES;
    private static final String PREFIX = "log-";

    String fileName() {
        return String.format("%s%010d-%016x", PREFIX, sequence, base.value());
    }

    static boolean isName(Path path) {
        return path.getFileName().toString().matches(PREFIX + "[0-9]{10}-[0-9a-f]{16}");
    }

    ByteBuffer encode() {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE_BYTES);
        bytes.putLong(MAGIC)
                .putInt(VERSION)
                .putInt(restart ? 1 : 0)
                .putLong(sequence)
                .putLong(base.value());
        bytes.putLong(salt).putInt(previousCrc);
        bytes.position(0).putInt(CRC_OFFSET, crc(bytes));
        return bytes;
    }

    static SegmentHeader read(Path path, Disk.File file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE_BYTES);
        int read = file.read(bytes, 0);
        if (read < SIZE_BYTES || bytes.getLong(0) != MAGIC || crc(bytes) != bytes.getInt(CRC_OFFSET)) {
            throw new CorruptDataException(
                    path + ", offset 0: the header of this log segment is damaged. " + Remedy.REJOIN);
        }
        if (bytes.getInt(8) != VERSION) {
            throw new CorruptDataException(path + " has format version " + bytes.getInt(8) + ", and this program reads "
                    + VERSION + ": start it with the program that wrote it");
        }
        return new SegmentHeader(
                bytes.getLong(16),
                new Zxid(bytes.getLong(24)),
                bytes.getInt(40),
                bytes.getLong(32),
                bytes.getInt(12) == 1);
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().position(0).limit(CRC_OFFSET));
        return (int) crc.getValue();
    }
}
