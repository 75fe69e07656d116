package dev.assent.coordination.replica;

/**
 * Counters of one replica since its start.
 *
 * @param proposed transactions this member ordered as the leader
 * @param delivered transactions given to the application
 * @param snapshots own snapshots written
 * @param queuedTasks tasks that wait now
 * @param log what the log writer did
 */
public record ReplicaMetrics(long proposed, long delivered, long snapshots, int queuedTasks, Log log) {

    /** Groups made durable. */
    public long syncs() {
        return log.syncs();
    }

    /**
     * The log writer's counters.
     *
     * @param appended transactions logged
     * @param syncs groups made durable; {@code appended / syncs} is the mean size of a group
     * @param syncNanos time spent in those
     * @param syncNanosMax the longest of those
     * @param unwrittenBytes bytes that wait for the disk now
     */
    public record Log(long appended, long syncs, long syncNanos, long syncNanosMax, long unwrittenBytes) {}
}
