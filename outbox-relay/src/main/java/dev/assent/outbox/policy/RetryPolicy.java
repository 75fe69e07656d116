package dev.assent.outbox.policy;

import dev.assent.time.Backoff;
import java.time.Duration;

/**
 * How a refused record is tried again: the wait doubles from {@code first} up to {@code longest}, and after {@code
 * attempts} refusals {@code exhausted} says what becomes of it.
 */
public record RetryPolicy(Duration first, Duration longest, int attempts, Exhausted exhausted) {
    public RetryPolicy {
        if (first.isNegative() || first.isZero() || longest.compareTo(first) < 0) {
            throw new IllegalArgumentException(
                    "retry waits must be positive and ascending, not " + first + " to " + longest);
        }
        if (attempts < 1) {
            throw new IllegalArgumentException("retry.attempts is " + attempts + "; it must be at least 1");
        }
    }

    /** The wait after the {@code failures}-th refusal, counted from 1. */
    public Duration wait(int failures) {
        return Backoff.of(first, longest).pause(failures);
    }

    public boolean isExhausted(int failures) {
        return failures >= attempts;
    }
}
