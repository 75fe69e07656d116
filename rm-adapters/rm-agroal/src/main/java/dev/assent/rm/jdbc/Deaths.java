package dev.assent.rm.jdbc;

import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/** When a connection of a pool was last found dead: what ended it has often ended others. Thread-safe. */
final class Deaths {
    private static final long NEVER = Long.MIN_VALUE;

    private final AtomicLong lastNanos = new AtomicLong(NEVER);

    /** @param nanos now, of a clock without steps */
    void seen(long nanos) {
        lastNanos.set(nanos);
    }

    /** Whether one was found dead after {@code nanos}; of a time that is not known, ever. */
    boolean since(OptionalLong nanos) {
        long last = lastNanos.get();
        return last != NEVER && (nanos.isEmpty() || last - nanos.getAsLong() >= 0);
    }
}
