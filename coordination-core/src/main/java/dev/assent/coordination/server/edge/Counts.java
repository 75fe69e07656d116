package dev.assent.coordination.server.edge;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many requests came, how many were answered, and how long that took, since the last reset. One event loop counts,
 * any thread reads and resets: so that counting costs no more than a few plain writes.
 */
public final class Counts {
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong latencyMillis = new AtomicLong();
    private final AtomicLong latencyMillisMin = new AtomicLong(Long.MAX_VALUE);
    private final AtomicLong latencyMillisMax = new AtomicLong();
    /** What had been counted at the last reset. */
    private volatile Summary before = Summary.NOTHING;

    private volatile int resets;
    /** Up to which the extremes have been forgotten; of the event loop only. */
    private int resetsSeen;

    /**
     * What was counted.
     *
     * @param latencyMillis of all answers together
     * @param latencyMillisMin {@link Long#MAX_VALUE} while there is no answer
     */
    public record Summary(
            long requests, long answers, long latencyMillis, long latencyMillisMin, long latencyMillisMax) {
        static final Summary NOTHING = new Summary(0, 0, 0, Long.MAX_VALUE, 0);

        Summary plus(Summary other) {
            return new Summary(
                    requests + other.requests,
                    answers + other.answers,
                    latencyMillis + other.latencyMillis,
                    Math.min(latencyMillisMin, other.latencyMillisMin),
                    Math.max(latencyMillisMax, other.latencyMillisMax));
        }

        /** 0 while there is no answer, as ZooKeeper writes it. */
        public long latencyMillisLeast() {
            return answers == 0 ? 0 : latencyMillisMin;
        }

        /** With four digits behind the point at most, as ZooKeeper writes it. */
        public String latencyMillisMean() {
            return answers == 0 ? "0.0" : String.format(Locale.ROOT, "%.4f", (double) latencyMillis / answers);
        }
    }

    void received() {
        increase(received, 1);
    }

    /** @param millis 0 for what was answered on the spot */
    void answered(long millis) {
        if (resetsSeen != resets) {
            resetsSeen = resets;
            latencyMillisMin.setRelease(Long.MAX_VALUE);
            latencyMillisMax.setRelease(0);
        }
        increase(answered, 1);
        if (millis < latencyMillisMin.getPlain()) {
            latencyMillisMin.setRelease(millis);
        }
        if (millis > 0) {
            increase(latencyMillis, millis);
            if (millis > latencyMillisMax.getPlain()) {
                latencyMillisMax.setRelease(millis);
            }
        }
    }

    private static void increase(AtomicLong counter, long by) {
        counter.setRelease(counter.getPlain() + by);
    }

    /** The longest and the shortest wait are forgotten with the next answer. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // two resets at once are one
    public void reset() {
        before = new Summary(received.get(), answered.get(), latencyMillis.get(), 0, 0);
        resets++;
    }

    public Summary summary() {
        Summary base = before;
        long answers = Math.max(0, answered.get() - base.answers);
        boolean any = answers > 0;
        return new Summary(
                Math.max(0, received.get() - base.requests),
                answers,
                Math.max(0, latencyMillis.get() - base.latencyMillis),
                any ? latencyMillisMin.get() : Long.MAX_VALUE,
                any ? latencyMillisMax.get() : 0);
    }
}
