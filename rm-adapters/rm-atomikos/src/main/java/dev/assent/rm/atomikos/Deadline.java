package dev.assent.rm.atomikos;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A moment after which nobody waits any more. Monotonic. */
record Deadline(long nanos) {

    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /** At least 1, so that a wait for it never means for ever. */
    long remainingMillis() {
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos - System.nanoTime()));
    }

    /** The same, but not more than that. */
    long remainingMillis(Duration most) {
        return Math.min(remainingMillis(), most.toMillis());
    }

    boolean isPast() {
        return nanos - System.nanoTime() <= 0;
    }
}
