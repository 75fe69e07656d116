package dev.assent.shop.gray;

import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What callers achieved, and how long they waited for it. Times are of one nanosecond clock. Thread-safe. */
public final class Meter {
    private record Sample(long endedNanos, long tookNanos, boolean achieved) {}

    private final Queue<Sample> samples = new ConcurrentLinkedQueue<>();
    private final Map<Integer, Long> underWay = new ConcurrentHashMap<>();

    void begin(int caller, long nowNanos) {
        underWay.put(caller, nowNanos);
    }

    /** {@code achieved} is false for a call that ended, but not as its caller wanted. */
    void end(int caller, long nowNanos, boolean achieved) {
        Long begun = underWay.remove(caller);
        if (begun != null) {
            samples.add(new Sample(nowNanos, nowNanos - begun, achieved));
        }
    }

    /** Achieved calls a second that ended in that time. */
    double perSecond(long fromNanos, long toNanos) {
        long achieved = samples.stream()
                .filter(sample ->
                        sample.achieved && sample.endedNanos - fromNanos >= 0 && sample.endedNanos - toNanos < 0)
                .count();
        return achieved * 1e9 / (toNanos - fromNanos);
    }

    /** The longest that anybody waited, those who still wait included. */
    public Duration longestWait(long nowNanos) {
        long ended = samples.stream().mapToLong(Sample::tookNanos).max().orElse(0);
        long waiting = underWay.values().stream()
                .mapToLong(begun -> nowNanos - begun)
                .max()
                .orElse(0);
        return Duration.ofNanos(Math.max(ended, waiting));
    }
}
