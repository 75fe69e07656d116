package dev.assent.coordination.replica;

/**
 * The peer's time: the clock's, but never faster than {@value #CATCH_UP_FACTOR} times. After a pause of the whole
 * process (a long collection, a suspended machine) what the others sent meanwhile is read before their silence is
 * judged. Not thread-safe.
 */
final class PeerTime {
    private static final int CATCH_UP_FACTOR = 10;

    private final long tickMillis;
    private long clockMillis;
    private long peerMillis;

    PeerTime(long tickMillis, long clockMillis) {
        this.tickMillis = tickMillis;
        this.clockMillis = clockMillis;
        this.peerMillis = clockMillis;
    }

    boolean isDue(long nowMillis) {
        return nowMillis - clockMillis >= tickMillis;
    }

    /** Goes on to {@code nowMillis}, or as far as is allowed, and returns the peer's time. */
    long advance(long nowMillis) {
        clockMillis = nowMillis;
        peerMillis = Math.min(nowMillis, peerMillis + tickMillis * CATCH_UP_FACTOR);
        return peerMillis;
    }

    long millisUntilDue(long nowMillis) {
        return Math.max(0, tickMillis - (nowMillis - clockMillis));
    }
}
