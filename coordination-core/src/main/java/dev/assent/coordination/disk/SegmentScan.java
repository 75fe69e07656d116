package dev.assent.coordination.disk;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.spi.CorruptDataException;
import dev.assent.coordination.spi.TxnLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Reads a segment from its first record to the end of what is valid, and decides what it means that it ends there.
 *
 * <p>If nothing valid follows that place, or only records written before it was durable, a crash left the last
 * group unfinished: it was never acknowledged. If something follows that proves the place to have been durable once,
 * bytes went bad: nothing is cut off then.
 */
final class SegmentScan {
    private static final int WINDOW_BYTES = 1 << 20;

    private final Path path;
    private final Disk.File file;
    private final SaltedChecksum checksum;
    private final long size;
    private ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES).limit(0);
    private long windowStart;
    private long end = SegmentHeader.SIZE_BYTES;
    private Zxid last;
    private int lastCrc;

    private SegmentScan(Path path, Disk.File file, SegmentHeader header) throws IOException {
        this.path = path;
        this.file = file;
        this.checksum = new SaltedChecksum(header.salt());
        this.size = file.size();
        this.last = header.base();
        this.lastCrc = header.previousCrc();
    }

    /**
     * What a segment holds.
     *
     * @param end the offset after the last valid record
     * @param torn whether bytes of an unfinished group follow
     */
    record Content(long end, Zxid last, int lastCrc, boolean torn) {}

    /** Reads everything; {@code visitor} sees each record. */
    static Content all(Path path, Disk.File file, SegmentHeader header, TxnLog.Visitor visitor) throws IOException {
        return new SegmentScan(path, file, header).run(visitor, new Zxid(Long.MAX_VALUE));
    }

    /** Reads up to and including the record {@code until}, or everything if it is not there. */
    static Content until(Path path, Disk.File file, SegmentHeader header, Zxid until) throws IOException {
        return new SegmentScan(path, file, header).run((zxid, txn) -> {}, until);
    }

    private Content run(TxnLog.Visitor visitor, Zxid until) throws IOException {
        while (last.compareTo(until) < 0) {
            int offset = intactFrameAt(end);
            if (offset < 0 || Frame.parse(window, offset).seal()) {
                return new Content(end, last, lastCrc, classifyRest(offset >= 0));
            }
            Frame frame = Frame.parse(window, offset);
            checkChain(frame);
            byte[] payload = new byte[frame.payloadBytes()];
            window.get(offset + Frame.HEADER_BYTES, payload);
            visitor.visit(frame.zxid(), Payload.wrap(payload));
            last = frame.zxid();
            lastCrc = frame.crc();
            end += Frame.aligned(frame.payloadBytes());
        }
        return new Content(end, last, lastCrc, false);
    }

    private void checkChain(Frame frame) throws CorruptDataException {
        boolean follows = frame.previousCrc() == lastCrc && frame.zxid().isAfter(last) && frame.durableTo() <= end;
        if (!follows) {
            throw corrupt("the record " + frame.zxid() + " does not follow " + last);
        }
    }

    /** @return whether there is anything to cut off */
    private boolean classifyRest(boolean sealed) throws IOException {
        boolean blank = true;
        long at = sealed ? end + Frame.HEADER_BYTES : end;
        for (; at + Long.BYTES <= size; at += Frame.ALIGNMENT_BYTES) {
            int offset = load(at, Long.BYTES);
            if (window.getLong(offset) == 0) {
                continue;
            }
            blank = false;
            if (!Frame.startsAt(window, offset)) {
                continue;
            }
            int found = intactFrameAt(at);
            if (found >= 0 && Frame.parse(window, found).durableTo() > end) {
                throw corrupt("bytes here are damaged, but valid records follow at offset " + at);
            }
        }
        return !blank || at != size;
    }

    private CorruptDataException corrupt(String what) {
        return new CorruptDataException(
                path + ", offset " + end + ", after transaction " + last + ": " + what + ". " + Remedy.REJOIN);
    }

    /** @return where in the window an intact frame begins, or -1 */
    private int intactFrameAt(long at) throws IOException {
        int offset = load(at, Frame.HEADER_BYTES);
        int bytes = offset < 0 ? 0 : Frame.frameBytes(window, offset);
        if (bytes == 0) {
            return -1;
        }
        offset = load(at, bytes);
        boolean intact = offset >= 0 && Frame.parse(window, offset).intact(window, offset, checksum);
        return intact ? offset : -1;
    }

    /** @return the index of {@code at} in the window, which then holds {@code bytes} from there; -1 past the end */
    private int load(long at, int bytes) throws IOException {
        if (at + bytes > size) {
            return -1;
        }
        if (at < windowStart || at + bytes > windowStart + window.limit()) {
            if (window.capacity() < bytes) {
                window = ByteBuffer.allocate(bytes);
            }
            window.clear();
            int read = file.read(window, at);
            window.limit(read).position(0);
            windowStart = at;
            if (read < bytes) {
                throw new IOException(path + " became shorter while it was read");
            }
        }
        return (int) (at - windowStart);
    }
}
