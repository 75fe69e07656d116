package dev.assent.coordination.disk;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.spi.TxnLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Small logs, and what is in them. */
final class LogFixture {
    /** Small enough that a few records fill a segment. */
    static final FileTxnLog.Limits SMALL = new FileTxnLog.Limits(2048, 512);

    private LogFixture() {}

    static FileTxnLog open(Path directory) throws IOException {
        return open(new LocalDisk(), directory);
    }

    static FileTxnLog open(Disk disk, Path directory) throws IOException {
        return FileTxnLog.exists(disk, directory)
                ? FileTxnLog.open(disk, directory, SMALL)
                : FileTxnLog.create(disk, directory, SMALL);
    }

    static Zxid zxid(long counter) {
        return new Zxid(1L << 32 | counter);
    }

    /** Tells its zxid, so that a mix-up shows. */
    static Payload txn(Zxid zxid, int bytes) {
        ByteBuffer content = ByteBuffer.allocate(Math.max(bytes, Long.BYTES));
        while (content.remaining() >= Long.BYTES) {
            content.putLong(zxid.value());
        }
        while (content.hasRemaining()) {
            content.put((byte) 0xEE);
        }
        return Payload.wrap(content.array());
    }

    static void append(TxnLog log, long first, long last, int bytes) throws IOException {
        for (long counter = first; counter <= last; counter++) {
            log.append(zxid(counter), txn(zxid(counter), bytes));
        }
    }

    /** The zxids after {@code position}; fails if a payload belongs to another. */
    static List<Zxid> read(TxnLog log, Zxid position) throws IOException {
        List<Zxid> zxids = new ArrayList<>();
        log.readAfter(position, (zxid, txn) -> {
            if (!txn.equals(txn(zxid, txn.size()))) {
                throw new AssertionError("wrong payload of " + zxid);
            }
            zxids.add(zxid);
        });
        return zxids;
    }

    static List<Zxid> zxids(long first, long last) {
        List<Zxid> zxids = new ArrayList<>();
        for (long counter = first; counter <= last; counter++) {
            zxids.add(zxid(counter));
        }
        return zxids;
    }
}
