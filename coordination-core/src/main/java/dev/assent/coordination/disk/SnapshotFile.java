package dev.assent.coordination.disk;

import dev.assent.coordination.model.Zxid;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.CRC32C;

/** The bytes of a snapshot file: a header, the state as the application wrote it, a checksum over both. */
final class SnapshotFile {
    static final int HEADER_BYTES = 24;
    static final int TRAILER_BYTES = 16;
    private static final long MAGIC = 0x4153_4E54_534E_4150L; // "ASNTSNAP"
    private static final int END = 0x4153_4E45; // "ASNE"
    private static final int VERSION = 1;
    private static final int BUFFER_BYTES = 256 << 10;

    private final Disk.File file;
    private final CRC32C crc = new CRC32C();
    private long position;

    /** Begins a new file. */
    SnapshotFile(Disk.File file, Zxid zxid) throws IOException {
        this.file = file;
        append(header(zxid));
    }

    private static ByteBuffer header(Zxid zxid) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        return header.putLong(MAGIC)
                .putInt(VERSION)
                .putInt(0)
                .putLong(zxid.value())
                .flip();
    }

    void append(ByteBuffer bytes) throws IOException {
        crc.update(bytes.duplicate());
        int length = bytes.remaining();
        file.write(bytes, position);
        position += length;
    }

    void finish() throws IOException {
        file.write(trailer(position, crc), position);
    }

    private static ByteBuffer trailer(long length, CRC32C crc) {
        ByteBuffer trailer = ByteBuffer.allocate(TRAILER_BYTES);
        return trailer.putLong(length).putInt(END).putInt((int) crc.getValue()).flip();
    }

    /** What is wrong with a finished file, if anything. */
    static Optional<String> damage(Disk.File file, Zxid zxid) throws IOException {
        long end = file.size() - TRAILER_BYTES;
        if (end < HEADER_BYTES) {
            return Optional.of("it is too short");
        }
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        file.read(header, 0);
        if (!header.flip().equals(header(zxid))) {
            return Optional.of("its header is wrong");
        }
        CRC32C crc = new CRC32C();
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        for (long at = 0; at < end; at += buffer.limit()) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
            file.read(buffer, at);
            crc.update(buffer.flip());
        }
        ByteBuffer trailer = ByteBuffer.allocate(TRAILER_BYTES);
        file.read(trailer, end);
        return trailer.flip().equals(trailer(end, crc)) ? Optional.empty() : Optional.of("its checksum is wrong");
    }

    /** The state in it; closes the file with the stream. */
    static InputStream body(Disk.File file) throws IOException {
        long end = file.size() - TRAILER_BYTES;
        return new InputStream() {
            private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).limit(0);
            private long position = HEADER_BYTES;

            @Override
            public int read() throws IOException {
                return fill() ? buffer.get() & 0xFF : -1;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                Objects.checkFromIndexSize(offset, length, target.length);
                if (length == 0) {
                    return 0;
                }
                if (!fill()) {
                    return -1;
                }
                int count = Math.min(length, buffer.remaining());
                buffer.get(target, offset, count);
                return count;
            }

            private boolean fill() throws IOException {
                if (!buffer.hasRemaining() && position < end) {
                    buffer.clear().limit((int) Math.min(buffer.capacity(), end - position));
                    position += file.read(buffer, position);
                    buffer.flip();
                }
                return buffer.hasRemaining();
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        };
    }
}
