package dev.assent.outbox.policy.planted;

/** Breaks purity: its answer depends on when it is asked. */
final class ReadsTheClock {
    long age(long sinceNanos) {
        return System.nanoTime() - sinceNanos;
    }
}
