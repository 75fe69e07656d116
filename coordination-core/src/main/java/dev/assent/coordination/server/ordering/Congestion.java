package dev.assent.coordination.server.ordering;

import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator when something has piled up for longer than {@value #PATIENCE_MILLIS} ms, and when that is over.
 * One thread.
 */
final class Congestion {
    static final long PATIENCE_MILLIS = 1_000;
    private static final Logger LOG = LoggerFactory.getLogger(Congestion.class);

    private boolean on;
    private boolean told;
    private long sinceMillis;

    /**
     * Looks at how it is now; to be called often.
     *
     * @param what has piled up
     * @param details and the remedy
     */
    void observe(boolean now, long nowMillis, String what, Supplier<String> details) {
        if (on != now) {
            if (told) {
                LOG.warn("{}: no longer, after {} ms", what, nowMillis - sinceMillis);
            }
            on = now;
            told = false;
            sinceMillis = nowMillis;
        }
        if (on && !told && nowMillis - sinceMillis >= PATIENCE_MILLIS) {
            told = true;
            LOG.warn("{}: {}", what, details.get());
        }
    }
}
