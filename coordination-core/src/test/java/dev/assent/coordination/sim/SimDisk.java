package dev.assent.coordination.sim;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.zab.Proposal;
import dev.assent.coordination.zab.Recovered;
import dev.assent.coordination.zab.Write;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;

/**
 * A disk with three files: log, epochs, snapshot. A flush makes durable what was written before it began. A crash keeps
 * of each file's later writes some prefix of its own, so that a later write to one file may survive an earlier one to
 * another.
 */
final class SimDisk {
    private final Timeline timeline;
    private final SplittableRandom random;
    private final Coverage coverage;
    private final PlantedBug bug;
    private final int flushMicros;
    private int slowness = 1;
    private boolean stalled;
    /** The writes of a flush that the stalled disk owes. */
    private int owed;

    private List<Proposal> log = new ArrayList<>();
    private Epoch accepted = Epoch.NONE;
    private Epoch current = Epoch.NONE;
    private Zxid snapshotZxid = Zxid.ZERO;
    private byte[] snapshot = SimApp.EMPTY_SNAPSHOT;

    private final ArrayDeque<Write> pending = new ArrayDeque<>();
    private ByteArrayOutputStream incoming = new ByteArrayOutputStream();
    private boolean flushing;
    private boolean savedEarly;
    private long life;
    private LongConsumer onWritten = token -> {};

    SimDisk(Timeline timeline, SplittableRandom random, Coverage coverage, PlantedBug bug, int flushMicros) {
        this.timeline = timeline;
        this.random = random;
        this.coverage = coverage;
        this.bug = bug;
        this.flushMicros = flushMicros;
    }

    void slowDown(int factor) {
        slowness = factor;
    }

    /** Neither answers nor fails, until {@link #goOn}: what was being flushed is durable then, and not earlier. */
    void stall() {
        coverage.hit(Coverage.Point.STALLED_DISK);
        stalled = true;
    }

    void goOn() {
        stalled = false;
        int count = owed;
        owed = 0;
        if (count > 0) {
            coverage.hit(Coverage.Point.STALLED_FLUSH_COMPLETED_LATE);
            finishFlush(count);
        }
    }

    Epoch accepted() {
        return accepted;
    }

    Epoch current() {
        return current;
    }

    Zxid last() {
        return log.isEmpty() ? snapshotZxid : log.get(log.size() - 1).zxid();
    }

    Zxid snapshotZxid() {
        return snapshotZxid;
    }

    byte[] snapshot() {
        return snapshot;
    }

    List<Proposal> log() {
        return log;
    }

    /** Whether the transaction survives a power cut: logged as it is, or in the state of the snapshot. */
    boolean holds(Zxid zxid) {
        if (!zxid.isAfter(snapshotZxid)) {
            return true;
        }
        for (int i = log.size() - 1; i >= 0; i--) {
            if (log.get(i).zxid().equals(zxid)) {
                return true;
            }
        }
        return false;
    }

    /** A process opens the disk; {@code written} hears of flushes until the next one does or a crash. */
    Recovered open(LongConsumer written) {
        life++;
        onWritten = written;
        return new Recovered(accepted, current, snapshotZxid, log);
    }

    void submit(Write write) {
        if (!bug.losesWrite(write, this)) {
            pending.addLast(write);
        } else if (pending.isEmpty() || !(pending.getLast() instanceof Write.Truncate)) {
            pending.addLast(new Write.Truncate(write.token(), new Zxid(Long.MAX_VALUE)));
        }
        startFlush();
    }

    private void startFlush() {
        if (flushing || pending.isEmpty()) {
            return;
        }
        flushing = true;
        int count = pending.size();
        long openedIn = life;
        long micros = (flushMicros / 2 + random.nextInt(flushMicros)) * (long) slowness;
        timeline.after(micros, () -> {
            if (life == openedIn && stalled) {
                owed = count;
            } else if (life == openedIn) {
                finishFlush(count);
            }
        });
    }

    private void finishFlush(int count) {
        long token = 0;
        for (int i = 0; i < count; i++) {
            Write write = pending.removeFirst();
            apply(write);
            token = write.token();
        }
        flushing = false;
        onWritten.accept(token);
        startFlush();
    }

    /** The power goes: of what was not flushed, each file keeps a prefix. */
    void crash() {
        life++;
        flushing = false;
        owed = 0;
        boolean logOpen = random.nextInt(4) != 0;
        boolean epochsOpen = random.nextInt(4) != 0;
        boolean snapshotOpen = random.nextInt(4) != 0;
        boolean logLost = false;
        while (!pending.isEmpty()) {
            Write write = pending.removeFirst();
            if (write instanceof Write.SaveEpochs) {
                epochsOpen &= random.nextInt(3) != 0;
                if (epochsOpen && logLost) {
                    coverage.hit(Coverage.Point.EPOCH_KEPT_BUT_LOG_LOST);
                }
                applyIf(epochsOpen, write);
            } else if (write instanceof Write.SnapshotChunk) {
                snapshotOpen &= random.nextInt(3) != 0;
                applyIf(snapshotOpen, write);
            } else {
                logOpen &= random.nextInt(3) != 0;
                logLost |= !logOpen;
                applyIf(logOpen, write);
            }
        }
        incoming = new ByteArrayOutputStream();
    }

    private void applyIf(boolean survives, Write write) {
        if (survives) {
            apply(write);
        } else {
            coverage.hit(Coverage.Point.UNSYNCED_WRITES_LOST);
        }
    }

    private void apply(Write write) {
        if (write instanceof Write.Append append) {
            log.add(new Proposal(append.zxid(), append.txn()));
        } else if (write instanceof Write.Truncate truncate) {
            while (!log.isEmpty() && log.get(log.size() - 1).zxid().isAfter(truncate.lastKept())) {
                log.remove(log.size() - 1);
            }
        } else if (write instanceof Write.SaveEpochs epochs) {
            saveEpochs(epochs.accepted(), current.isAfter(epochs.current()) && savedEarly ? current : epochs.current());
        } else if (write instanceof Write.SnapshotChunk chunk) {
            if (chunk.index() == 0) {
                incoming = new ByteArrayOutputStream();
            }
            incoming.writeBytes(chunk.bytes().array());
            if (chunk.last()) {
                installSnapshot(chunk.zxid(), incoming.toByteArray());
                log = new ArrayList<>();
            }
        }
    }

    /** For the bug that does so. */
    void saveCurrentEpochEarly(Epoch epoch) {
        savedEarly = true;
        current = epoch;
    }

    private void saveEpochs(Epoch newAccepted, Epoch newCurrent) {
        Broken.check(!accepted.isAfter(newAccepted), "the accepted epoch on disk went back");
        Broken.check(!current.isAfter(newCurrent), "the current epoch on disk went back");
        accepted = newAccepted;
        current = newCurrent;
    }

    /** The application's own snapshot: the log up to it may go, and half of it does. */
    void saveLocalSnapshot(Zxid zxid, byte[] state) {
        coverage.hit(Coverage.Point.LOCAL_SNAPSHOT);
        installSnapshot(zxid, state);
        log.removeIf(proposal -> !proposal.zxid().isAfter(zxid));
    }

    private void installSnapshot(Zxid zxid, byte[] state) {
        Broken.check(!snapshotZxid.isAfter(zxid), "a snapshot replaces a newer one");
        snapshotZxid = zxid;
        snapshot = state;
    }
}
