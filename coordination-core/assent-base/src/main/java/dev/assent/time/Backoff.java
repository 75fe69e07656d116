package dev.assent.time;

import java.time.Duration;

/**
 * How long to pause before something that failed is tried again: a branch told, a resource asked, a node dialled, a
 * record sent.
 *
 * @param firstMillis the pause after the first failure; it doubles from there
 * @param maxMillis no pause is longer
 */
public record Backoff(long firstMillis, long maxMillis) {
    private static final int DOUBLINGS_MAX = 30;

    public Backoff {
        if (firstMillis < 1 || maxMillis < firstMillis) {
            throw new IllegalArgumentException(
                    "pauses must satisfy 1 <= first <= max, not " + firstMillis + " and " + maxMillis);
        }
    }

    /** The same of durations, which count in whole milliseconds. */
    public static Backoff of(Duration first, Duration longest) {
        return new Backoff(first.toMillis(), longest.toMillis());
    }

    /** The pause after {@code attempt} attempts (from 1). */
    public long pauseMillis(int attempt) {
        int doublings = Math.min(Math.max(0, attempt - 1), DOUBLINGS_MAX);
        long pause = firstMillis << Math.min(doublings, Long.numberOfLeadingZeros(firstMillis) - 1);
        return Math.min(pause, maxMillis);
    }

    /** The same as a duration. */
    public Duration pause(int attempt) {
        return Duration.ofMillis(pauseMillis(attempt));
    }

    /** The pause that follows one of {@code pauseMillis}. */
    public long after(long pauseMillis) {
        return pauseMillis > maxMillis - pauseMillis ? maxMillis : Math.max(firstMillis, 2 * pauseMillis);
    }
}
