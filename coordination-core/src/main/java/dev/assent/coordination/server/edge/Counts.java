package dev.assent.coordination.server.edge;

import java.util.Locale;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** How many requests came, how many were answered, and how long that took, since the last reset. Thread-safe. */
public final class Counts {
    private final LongAdder received = new LongAdder();
    private final LongAdder answered = new LongAdder();
    private final LongAdder latencyMillis = new LongAdder();
    private final LongAccumulator latencyMillisMin = new LongAccumulator(Math::min, Long.MAX_VALUE);
    private final LongAccumulator latencyMillisMax = new LongAccumulator(Math::max, 0);

    void received() {
        received.increment();
    }

    /** @param millis 0 for what was answered on the spot */
    void answered(long millis) {
        answered.increment();
        latencyMillisMin.accumulate(millis);
        if (millis > 0) {
            latencyMillis.add(millis);
            latencyMillisMax.accumulate(millis);
        }
    }

    public void reset() {
        received.reset();
        answered.reset();
        latencyMillis.reset();
        latencyMillisMin.reset();
        latencyMillisMax.reset();
    }

    public long requests() {
        return received.sum();
    }

    public long answers() {
        return answered.sum();
    }

    public long latencyMillisMin() {
        return answers() == 0 ? 0 : latencyMillisMin.get();
    }

    public long latencyMillisMax() {
        return latencyMillisMax.get();
    }

    /** With four digits behind the point at most, as ZooKeeper writes it. */
    public String latencyMillisMean() {
        long count = answers();
        return count == 0 ? "0.0" : String.format(Locale.ROOT, "%.4f", (double) latencyMillis.sum() / count);
    }
}
