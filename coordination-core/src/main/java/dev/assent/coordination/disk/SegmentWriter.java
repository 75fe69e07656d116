package dev.assent.coordination.disk;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Zxid;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Appends to the newest segment. Records gather in memory until {@link #sync}, or until the buffer is full. */
final class SegmentWriter implements Closeable {
    private static final int BUFFER_BYTES = 256 << 10;
    /** Larger writes make the page cache keep larger units, each of which every small write then looks through. */
    private static final int BLANK_BYTES = 16 << 10;

    private final Disk.File file;
    private final SegmentHeader header;
    private final ByteBuffer blank;
    private final SaltedChecksum checksum;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private long position;
    private long allocated;
    private int durableTo;
    private Zxid last;
    private int lastCrc;

    /**
     * @param content what the segment holds, all of it durable
     * @param blank zeros: the file grows by so many at a time, because a sync is cheaper while its size stays the same
     */
    SegmentWriter(Disk.File file, SegmentHeader header, SegmentScan.Content content, ByteBuffer blank)
            throws IOException {
        this.file = file;
        this.header = header;
        this.blank = blank;
        this.checksum = new SaltedChecksum(header.salt());
        this.position = content.end();
        this.allocated = file.size();
        this.durableTo = Math.toIntExact(content.end());
        this.last = content.last();
        this.lastCrc = content.lastCrc();
    }

    SegmentHeader header() {
        return header;
    }

    Zxid last() {
        return last;
    }

    int lastCrc() {
        return lastCrc;
    }

    /** The size the segment has with everything appended. */
    long end() {
        return position + buffer.position();
    }

    void append(Zxid zxid, Payload txn) throws IOException {
        int bytes = Frame.aligned(txn.size());
        if (bytes > buffer.remaining()) {
            flush();
        }
        if (bytes > buffer.capacity()) {
            ByteBuffer large = ByteBuffer.allocate(bytes);
            put(large, zxid, txn);
            write(large.flip());
        } else {
            put(buffer, zxid, txn);
        }
    }

    private void put(ByteBuffer target, Zxid zxid, Payload txn) {
        lastCrc = Frame.put(target, zxid, txn, lastCrc, durableTo, checksum);
        last = zxid;
    }

    /** Everything appended is durable on return. */
    void sync() throws IOException {
        flush();
        if (position == durableTo) {
            return;
        }
        file.sync();
        durableTo = Math.toIntExact(position);
        seal();
    }

    /** Not synced itself: it is a witness if it survives, and not missed if it does not. */
    private void seal() throws IOException {
        if (position + Frame.HEADER_BYTES <= allocated) {
            Frame.putSeal(buffer, last, lastCrc, durableTo, checksum);
            file.write(buffer.flip(), position);
            buffer.clear();
        }
    }

    private void flush() throws IOException {
        if (buffer.position() > 0) {
            write(buffer.flip());
            buffer.clear();
        }
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (position + bytes.remaining() + Frame.HEADER_BYTES > allocated) {
            for (int from = 0; from < blank.capacity(); from += BLANK_BYTES) {
                file.write(blank.slice(from, Math.min(BLANK_BYTES, blank.capacity() - from)), allocated + from);
            }
            allocated += blank.capacity();
        }
        int written = bytes.remaining();
        file.write(bytes, position);
        position += written;
    }

    /** Gives back the space that was allocated ahead; the segment is complete. */
    void complete() throws IOException {
        sync();
        file.truncate(position);
        file.close();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
