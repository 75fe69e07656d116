package dev.assent.outbox.policy;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * Lets a few notices through in each span of time and counts the rest, so that many of a kind are told as a number. Pure
 * arithmetic over the times it is given. Not safe for use by many threads.
 */
public final class Throttle {
    private final int noticesMax;
    private final Duration span;
    private long beganNanos;
    private int told;
    private long kept;
    private boolean begun;

    /** At most {@code noticesMax} in each {@code span}. */
    public Throttle(int noticesMax, Duration span) {
        this.noticesMax = noticesMax;
        this.span = span;
    }

    /**
     * Whether the notice that comes now is to be told.
     *
     * @return empty if it is to be kept back; else how many were kept back before it and have not been told of
     */
    public OptionalLong tell(long nowNanos) {
        if (!begun || nowNanos - beganNanos >= span.toNanos()) {
            begun = true;
            beganNanos = nowNanos;
            told = 0;
        }
        if (told == noticesMax) {
            kept++;
            return OptionalLong.empty();
        }
        told++;
        long before = kept;
        kept = 0;
        return OptionalLong.of(before);
    }

    /** How many were kept back, once their span is over; empty if none. They count as told of. */
    public OptionalLong keptBack(long nowNanos) {
        if (kept == 0 || nowNanos - beganNanos < span.toNanos()) {
            return OptionalLong.empty();
        }
        long before = kept;
        kept = 0;
        return OptionalLong.of(before);
    }
}
