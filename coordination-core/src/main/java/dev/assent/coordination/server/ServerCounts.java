package dev.assent.coordination.server;

/**
 * What a server has done since its start, and holds now. Each number is right, though not all are of one moment.
 *
 * @param requests of clients
 * @param outstanding requests that wait for an answer
 * @param latencyMillis of all answered requests together
 * @param proposed transactions that it ordered as the leader
 * @param delivered transactions applied
 * @param snapshots written
 * @param queuedTasks that wait for its loop
 * @param unwrittenBytes that wait for its disk
 */
public record ServerCounts(
        Clients clients,
        long requests,
        long outstanding,
        long latencyMillis,
        long proposed,
        long delivered,
        long snapshots,
        long queuedTasks,
        long unwrittenBytes) {

    /**
     * What is there of clients.
     *
     * @param connections to this server
     * @param sessions of the whole ensemble, as this server has applied them
     * @param znodes of the tree
     * @param watches set at this server
     */
    public record Clients(long connections, long sessions, long znodes, long watches) {}
}
