package dev.assent.coordination.server.ordering;

/**
 * The time in which this thread could listen. It goes on like the clock, but a pause of the thread, the process or the
 * whole machine adds no more than {@value #PAUSE_MILLIS_MAX} ms: what others said meanwhile has not been read yet, so
 * their silence must not be judged by it. Not thread-safe.
 */
public final class ListeningTime {
    static final long PAUSE_MILLIS_MAX = 200;

    private long clockMillis;
    private long millis;

    /** Begins at {@code clockMillis}, with the same number. */
    public ListeningTime(long clockMillis) {
        this.clockMillis = clockMillis;
        this.millis = clockMillis;
    }

    /** The time when the clock shows {@code nowMillis}; to be asked often. */
    public long at(long nowMillis) {
        millis += Math.max(0, Math.min(nowMillis - clockMillis, PAUSE_MILLIS_MAX));
        clockMillis = Math.max(clockMillis, nowMillis);
        return millis;
    }
}
