package dev.assent.rm.operator.doctor;

import java.util.Set;

/**
 * A session that waits for a lock.
 *
 * @param wants the lock it waits for
 * @param blockers process ids of those in its way, as the server tells; 0 stands for any prepared transaction
 * @param query empty when this user may not see it
 */
public record Waiting(
        int pid,
        String user,
        String database,
        String application,
        long seconds,
        String query,
        HeldLock wants,
        Set<Integer> blockers) {
    public Waiting {
        blockers = Set.copyOf(blockers);
    }
}
