package dev.assent.coordination.replica;

import java.util.random.RandomGenerator;

/**
 * When the next snapshot of the own state is due. Members apply the same transactions: were all to take theirs at the
 * same one, every disk and processor would be busy with that at once. So each time a part of the policy's distance, no
 * less than half of it, is chosen at random. On the loop's thread only.
 */
final class SnapshotSchedule {
    private final ReplicaConfig.SnapshotPolicy policy;
    private final RandomGenerator random;
    private double part;
    private long txns;
    private long bytes;

    /** @param random different on each member, the same again in each of its lives */
    SnapshotSchedule(ReplicaConfig.SnapshotPolicy policy, RandomGenerator random) {
        this.policy = policy;
        this.random = random;
        restart();
    }

    /** A transaction was applied. */
    void applied(int payloadBytes) {
        txns++;
        bytes += payloadBytes;
    }

    boolean isDue() {
        return txns >= part * policy.everyTxns() || bytes >= part * policy.everyBytes();
    }

    /** A snapshot is being taken, or was received. */
    void restart() {
        txns = 0;
        bytes = 0;
        part = 1 - random.nextDouble() / 2;
    }
}
