package dev.assent.outbox.policy;

import java.time.Duration;

/** Doubling waits, bounded. */
public final class Backoff {
    /** Beyond this many doublings the bound has long been reached. */
    private static final int DOUBLINGS_MAX = 20;

    private Backoff() {}

    /** {@code first} doubled {@code failures - 1} times, at most {@code longest}. */
    public static Duration wait(Duration first, Duration longest, int failures) {
        int doublings = Math.min(DOUBLINGS_MAX, Math.max(0, failures - 1));
        Duration wait = first.multipliedBy(1L << doublings);
        return wait.compareTo(longest) < 0 ? wait : longest;
    }
}
