package dev.assent.time;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** Time, for whoever needs it; there is no other source of it here. Thread-safe; never fails. */
@FunctionalInterface
public interface Clock {
    /** This machine's. */
    Clock SYSTEM = System::currentTimeMillis;

    /**
     * Wall-clock time: milliseconds since 1970-01-01T00:00Z. It may jump, and be wrong by any amount: for what people
     * read, and where only promptness depends on it.
     */
    long epochMillis();

    /** The same as the JDK's type for it. */
    default Instant instant() {
        return Instant.ofEpochMilli(epochMillis());
    }

    /** Time that only goes forward, to tell how long something takes. Where it starts means nothing. */
    default long nanos() {
        return System.nanoTime();
    }

    /** The same in milliseconds. */
    default long monotonicMillis() {
        return TimeUnit.NANOSECONDS.toMillis(nanos());
    }
}
