package dev.assent.tx.protocol;

/**
 * How long to pause before something that failed is tried again: a branch told, a resource asked, a node dialled.
 *
 * @param firstMillis the pause after the first failure; it doubles from there
 * @param maxMillis no pause is longer
 */
public record Backoff(long firstMillis, long maxMillis) {
    public Backoff {
        if (firstMillis < 1 || maxMillis < firstMillis) {
            throw new IllegalArgumentException(
                    "pauses must satisfy 1 <= first <= max, not " + firstMillis + " and " + maxMillis);
        }
    }

    /** The pause after {@code attempt} attempts (from 1). */
    public long pauseMillis(int attempt) {
        int doublings = Math.min(attempt - 1, 30);
        long pause = firstMillis << Math.min(doublings, Long.numberOfLeadingZeros(firstMillis) - 1);
        return Math.min(pause, maxMillis);
    }

    /** The pause that follows one of {@code pauseMillis}. */
    public long after(long pauseMillis) {
        return pauseMillis > maxMillis - pauseMillis ? maxMillis : Math.max(firstMillis, 2 * pauseMillis);
    }
}
