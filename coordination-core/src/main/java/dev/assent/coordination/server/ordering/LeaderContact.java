package dev.assent.coordination.server.ordering;

import dev.assent.time.Clock;

/**
 * Up to which moment the leader, with a quorum behind it, knows what this server has heard from its clients. Any leader
 * that does not know gives each session a time-out from a later moment on. Written by the replica loop, read by any
 * thread.
 */
public final class LeaderContact {
    private final Clock clock;
    private volatile long knownMillis;

    /** Nothing is known before now. */
    LeaderContact(Clock clock) {
        this.clock = clock;
        this.knownMillis = clock.monotonicMillis();
    }

    void knownThrough(long millis) {
        knownMillis = Math.max(knownMillis, millis);
    }

    /** The moment itself, on this process's clock. */
    public long knownMillis() {
        return knownMillis;
    }

    /** That clock's present. */
    public long nowMillis() {
        return clock.monotonicMillis();
    }

    /** How old that knowledge is. A process that was suspended finds it old at once. */
    public long ageMillis() {
        return clock.monotonicMillis() - knownMillis;
    }
}
