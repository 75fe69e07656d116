package dev.assent.store;

import dev.assent.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A moment after which nobody waits any more. Monotonic. */
public record Deadline(long nanos) {

    public static Deadline in(Duration time) {
        return new Deadline(Clock.SYSTEM.nanos() + time.toNanos());
    }

    /** At least 1, so that a wait for it never means for ever. */
    public long remainingMillis() {
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos - Clock.SYSTEM.nanos()));
    }

    /** The same, but not more than that. */
    public long remainingMillis(Duration most) {
        return Math.min(remainingMillis(), most.toMillis());
    }

    public Deadline earlier(Deadline other) {
        return nanos - other.nanos <= 0 ? this : other;
    }

    public boolean isPast() {
        return nanos - Clock.SYSTEM.nanos() <= 0;
    }
}
