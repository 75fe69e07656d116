package dev.assent.saga.engine;

import dev.assent.time.Backoff;

/**
 * How an executor goes about it.
 *
 * @param runsMax sagas under way in this process; a start beyond is refused, and nobody's sagas are taken over
 * @param scanMillis between two looks for sagas of the dead
 * @param retentionMillis how long an ended saga can be asked about
 * @param collectMillis between two looks for sagas that ended before that
 * @param storePauses between attempts to write to a store that does not answer
 */
public record ExecutorSettings(
        int runsMax, long scanMillis, long retentionMillis, long collectMillis, Backoff storePauses) {
    public static final ExecutorSettings DEFAULT =
            new ExecutorSettings(10_000, 500, 24 * 60 * 60 * 1000L, 60_000, new Backoff(50, 2_000));

    public ExecutorSettings {
        if (runsMax < 1 || scanMillis < 1 || retentionMillis < 0 || collectMillis < 1) {
            throw new IllegalArgumentException("an executor has room for 1 saga and looks every 1 ms at least, not "
                    + runsMax + ", " + scanMillis + " and " + collectMillis + "; it keeps ended ones for 0 ms at least,"
                    + " not " + retentionMillis);
        }
    }

    public ExecutorSettings withRetentionMillis(long millis) {
        return new ExecutorSettings(runsMax, scanMillis, millis, collectMillis, storePauses);
    }
}
