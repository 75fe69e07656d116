package dev.assent.coordination.disk;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.spi.CorruptDataException;
import dev.assent.coordination.spi.TxnLog;
import dev.assent.invariants.Invariants;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transaction log as a row of segments.
 *
 * <p>A segment gets its final name only when its header is durable, and the one before it is durable as a whole by
 * then; so only the newest can have an unfinished end. Segments are deleted one by one, newest first when history is
 * cut off and oldest first when it is purged: a crash in between leaves an unbroken row.
 */
final class FileTxnLog implements TxnLog {
    private static final Logger LOG = LoggerFactory.getLogger(FileTxnLog.class);
    private static final String TEMPORARY = "log.tmp";

    /** Limits of the log's files, in bytes. */
    record Limits(int segmentBytes, int allocationBytes) {
        static final Limits DEFAULT = new Limits(64 << 20, 4 << 20);
    }

    private final Disk disk;
    private final Path directory;
    private final Limits limits;
    private final SecureRandom random = new SecureRandom();
    private final ByteBuffer blank;
    /** Complete ones, oldest first; the newest is {@link #writer}'s. */
    private final Deque<SegmentHeader> complete = new ArrayDeque<>();

    private SegmentWriter writer;
    private @Nullable Exception failure;

    private FileTxnLog(Disk disk, Path directory, Limits limits, List<SegmentHeader> headers) throws IOException {
        this.disk = disk;
        this.directory = directory;
        this.limits = limits;
        this.blank = ByteBuffer.allocateDirect(limits.allocationBytes());
        complete.addAll(headers);
        SegmentHeader newest = complete.removeLast();
        Disk.File file = disk.open(path(newest));
        SegmentScan.Content content = SegmentScan.all(path(newest), file, newest, (zxid, txn) -> {});
        if (content.torn()) {
            LOG.warn(
                    "{}: a crash left the group after transaction {} unfinished; it was never acknowledged and is cut off",
                    path(newest),
                    content.last());
            file.truncate(content.end());
            file.sync();
        }
        this.writer = new SegmentWriter(file, newest, content, blank);
    }

    static boolean exists(Disk disk, Path directory) throws IOException {
        return disk.list(directory).stream().anyMatch(SegmentHeader::isName);
    }

    /** A log without history. */
    static FileTxnLog create(Disk disk, Path directory, Limits limits) throws IOException {
        SegmentHeader first = new SegmentHeader(1, Zxid.ZERO, 0, new SecureRandom().nextLong(), false);
        createSegment(disk, directory, first);
        return open(disk, directory, limits);
    }

    /** Verifies every record of the log, and finishes what a crash interrupted. */
    static FileTxnLog open(Disk disk, Path directory, Limits limits) throws IOException {
        return new FileTxnLog(disk, directory, limits, readHeaders(disk, directory));
    }

    private static List<SegmentHeader> readHeaders(Disk disk, Path directory) throws IOException {
        List<SegmentHeader> headers = new ArrayList<>();
        for (Path path : disk.list(directory)) {
            if (SegmentHeader.isName(path)) {
                SegmentHeader header = readHeader(disk, path);
                if (header.restart()) {
                    deleteAll(disk, directory, headers);
                }
                headers.add(header);
            }
        }
        verifyComplete(disk, directory, headers);
        return headers;
    }

    private static SegmentHeader readHeader(Disk disk, Path path) throws IOException {
        try (Disk.File file = disk.open(path)) {
            SegmentHeader header = SegmentHeader.read(path, file);
            if (!path.getFileName().toString().equals(header.fileName())) {
                throw new CorruptDataException(path + " contains the segment " + header.fileName()
                        + ": a file was renamed or copied over another. " + Remedy.REJOIN);
            }
            return header;
        }
    }

    /** Each segment must end exactly where the next one begins. */
    private static void verifyComplete(Disk disk, Path directory, List<SegmentHeader> headers) throws IOException {
        for (int i = 0; i + 1 < headers.size(); i++) {
            SegmentHeader header = headers.get(i);
            SegmentHeader next = headers.get(i + 1);
            Path path = directory.resolve(header.fileName());
            try (Disk.File file = disk.open(path)) {
                SegmentScan.Content content = SegmentScan.all(path, file, header, (zxid, txn) -> {});
                if (next.sequence() != header.sequence() + 1
                        || !content.last().equals(next.base())
                        || content.lastCrc() != next.previousCrc()) {
                    throw new CorruptDataException(path + ", offset " + content.end() + ": this segment ends with "
                            + content.last() + ", but the next one, " + next.fileName() + ", begins after "
                            + next.base()
                            + ": records are damaged or a segment is missing. " + Remedy.REJOIN);
                }
            }
        }
    }

    @Override
    public Zxid base() {
        return complete.isEmpty() ? writer.header().base() : complete.getFirst().base();
    }

    @Override
    public Zxid last() {
        return writer.last();
    }

    @Override
    public void readAfter(Zxid position, Visitor visitor) throws IOException {
        guarded(() -> {
            writer.sync();
            List<SegmentHeader> headers = headers();
            for (int i = 0; i < headers.size(); i++) {
                boolean old =
                        i + 1 < headers.size() && headers.get(i + 1).base().compareTo(position) <= 0;
                if (!old) {
                    readSegment(headers.get(i), position, visitor);
                }
            }
        });
    }

    private void readSegment(SegmentHeader header, Zxid position, Visitor visitor) throws IOException {
        try (Disk.File file = disk.open(path(header))) {
            SegmentScan.all(path(header), file, header, (zxid, txn) -> {
                if (zxid.isAfter(position)) {
                    visitor.visit(zxid, txn);
                }
            });
        }
    }

    @Override
    public void append(Zxid zxid, Payload txn) throws IOException {
        Invariants.check(zxid.isAfter(last()), "transaction %s would be logged after %s", zxid, last());
        Invariants.check(txn.size() <= Frame.PAYLOAD_BYTES_MAX, "transaction %s is too large: %s", zxid, txn);
        guarded(() -> {
            boolean full = writer.end() + Frame.aligned(txn.size()) > limits.segmentBytes();
            if (full && !writer.last().equals(writer.header().base())) {
                roll();
            }
            writer.append(zxid, txn);
        });
    }

    private void roll() throws IOException {
        writer.complete();
        SegmentHeader old = writer.header();
        complete.add(old);
        start(new SegmentHeader(old.sequence() + 1, writer.last(), writer.lastCrc(), random.nextLong(), false));
    }

    private void start(SegmentHeader header) throws IOException {
        createSegment(disk, directory, header);
        openAt(header, header.base());
    }

    private static void createSegment(Disk disk, Path directory, SegmentHeader header) throws IOException {
        Path temporary = directory.resolve(TEMPORARY);
        try (Disk.File file = disk.create(temporary)) {
            file.write(header.encode(), 0);
            file.sync();
        }
        disk.rename(temporary, directory.resolve(header.fileName()));
        disk.syncDirectory(directory);
    }

    /** Goes on writing after {@code last} in a segment that ends there, or is to end there from now on. */
    private void openAt(SegmentHeader header, Zxid last) throws IOException {
        Disk.File file = disk.open(path(header));
        SegmentScan.Content content = SegmentScan.until(path(header), file, header, last);
        Invariants.check(content.last().equals(last), "transaction %s is not in the log", last);
        if (file.size() > content.end()) {
            file.truncate(content.end());
            file.sync();
        }
        writer = new SegmentWriter(file, header, content, blank);
    }

    @Override
    public void sync() throws IOException {
        guarded(() -> writer.sync());
    }

    @Override
    public void truncate(Zxid lastKept) throws IOException {
        Invariants.check(
                lastKept.compareTo(base()) >= 0 && lastKept.compareTo(last()) <= 0,
                "a log of (%s, %s] cannot be cut off after %s",
                base(),
                last(),
                lastKept);
        guarded(() -> {
            writer.sync();
            writer.close();
            SegmentHeader kept = writer.header();
            while (!complete.isEmpty() && kept.base().compareTo(lastKept) >= 0) {
                delete(disk, directory, kept);
                kept = complete.removeLast();
            }
            openAt(kept, lastKept);
        });
    }

    @Override
    public void restartAfter(Zxid base) throws IOException {
        guarded(() -> {
            writer.close();
            List<SegmentHeader> old = headers();
            start(new SegmentHeader(writer.header().sequence() + 1, base, 0, random.nextLong(), true));
            complete.clear();
            deleteAll(disk, directory, old);
        });
    }

    @Override
    public void purgeThrough(Zxid zxid) throws IOException {
        guarded(() -> {
            while (!complete.isEmpty() && endOfOldest().compareTo(zxid) <= 0) {
                delete(disk, directory, complete.removeFirst());
            }
        });
    }

    private Zxid endOfOldest() {
        return headers().get(1).base();
    }

    private List<SegmentHeader> headers() {
        List<SegmentHeader> headers = new ArrayList<>(complete);
        headers.add(writer.header());
        return headers;
    }

    private static void deleteAll(Disk disk, Path directory, List<SegmentHeader> headers) throws IOException {
        for (SegmentHeader header : headers) {
            delete(disk, directory, header);
        }
        headers.clear();
    }

    private static void delete(Disk disk, Path directory, SegmentHeader header) throws IOException {
        disk.delete(directory.resolve(header.fileName()));
        disk.syncDirectory(directory);
    }

    private Path path(SegmentHeader header) {
        return directory.resolve(header.fileName());
    }

    private void guarded(Step step) throws IOException {
        if (failure != null) {
            throw new IOException("the log in " + directory + " stopped after an earlier failure", failure);
        }
        try {
            step.run();
        } catch (IOException | RuntimeException e) {
            failure = e;
            throw e;
        }
    }

    /** Leaves what was not synced to chance, as a crash would. */
    @Override
    public void close() throws IOException {
        writer.close();
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }
}
