package dev.assent.coordination.replica;

import dev.assent.coordination.zab.ZabConfig;
import java.util.function.Consumer;

/**
 * How one replica runs.
 *
 * @param tickMillis between two looks at the clock: the grain of every time limit of the protocol
 * @param onFatal told once why the replica stopped by itself: a failing disk or a broken invariant. By then nothing
 *     is acknowledged any more, but its threads may still be ending, and one that hangs with the disk never does;
 *     whoever is told closes the rest and recovers from disk
 */
public record ReplicaConfig(
        ZabConfig zab, int tickMillis, SnapshotPolicy snapshots, Limits limits, Consumer<Throwable> onFatal) {

    public ReplicaConfig {
        if (tickMillis < 1) {
            throw new IllegalArgumentException("tickMillis " + tickMillis + " is not positive");
        }
    }

    /** The usual tick, policy and limits. */
    public static ReplicaConfig of(ZabConfig zab, Consumer<Throwable> onFatal) {
        return new ReplicaConfig(zab, 10, SnapshotPolicy.DEFAULT, Limits.DEFAULT, onFatal);
    }

    /**
     * When to write the own state out, and how much to keep.
     *
     * @param everyTxns committed transactions after the last snapshot, at most: see {@link SnapshotSchedule}
     * @param everyBytes their payload, at most; whichever comes first
     * @param kept snapshots; the log reaches back to the oldest
     */
    public record SnapshotPolicy(long everyTxns, long everyBytes, int kept) {
        public static final SnapshotPolicy DEFAULT = new SnapshotPolicy(100_000, 256L << 20, 3);

        public SnapshotPolicy {
            if (everyTxns < 1 || everyBytes < 1 || kept < 1) {
                throw new IllegalArgumentException("a snapshot policy needs positive numbers");
            }
        }
    }

    /**
     * How much is too much.
     *
     * @param tasksMax tasks of other threads that wait; beyond it {@link ReplicaLoop#execute} makes its caller wait
     * @param drainMax events, and as many tasks, handled before writes and messages are handed on
     * @param unwrittenBytesMax transactions that wait for the disk; beyond it no task is run, and links are not read
     * @param uncommittedMax own proposals not yet committed; beyond it no task is run
     */
    public record Limits(int tasksMax, int drainMax, long unwrittenBytesMax, int uncommittedMax) {
        public static final Limits DEFAULT = new Limits(20_000, 1_000, 64L << 20, 20_000);

        public Limits withUnwrittenBytesMax(long bytes) {
            return new Limits(tasksMax, drainMax, bytes, uncommittedMax);
        }

        public Limits {
            if (tasksMax < 1 || drainMax < 1 || unwrittenBytesMax < 1 || uncommittedMax < 1) {
                throw new IllegalArgumentException("a limit of the replica is out of range");
            }
        }
    }
}
