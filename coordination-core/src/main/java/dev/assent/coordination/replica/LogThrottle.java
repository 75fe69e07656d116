package dev.assent.coordination.replica;

/**
 * Keeps what may happen very often from filling the log: lets the first occurrence through, and then one in each
 * interval, which can tell how many were not told. Thread-safe.
 */
public final class LogThrottle {
    private final long intervalMillis;
    private long toldAtMillis;
    private boolean told;
    private long untold;

    /** With at least so much time between two lines. */
    public LogThrottle(long intervalMillis) {
        this.intervalMillis = intervalMillis;
    }

    /** Whether this occurrence is to be told. */
    public synchronized boolean permits(long nowMillis) {
        if (told && nowMillis - toldAtMillis < intervalMillis) {
            untold++;
            return false;
        }
        told = true;
        toldAtMillis = nowMillis;
        return true;
    }

    /** How many were not permitted since this was last asked. */
    public synchronized long takeUntold() {
        long count = untold;
        untold = 0;
        return count;
    }
}
