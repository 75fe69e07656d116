package dev.assent.tx.coordinator;

import dev.assent.time.Backoff;
import java.time.Duration;

/**
 * How a coordinator works, wherever its store is.
 *
 * @param timeoutMax no transaction may take longer
 * @param patience how long a commit waits for phase 2 before it answers with what is known
 * @param retries pauses between tellings of one branch
 * @param recovery how often, and how early, other coordinators' leftovers are ended
 * @param limits how much is done at a time
 */
public record CoordinatorSettings(
        Duration timeoutMax, Duration patience, Backoff retries, Recovery recovery, Limits limits) {

    public CoordinatorSettings {
        requirePositive("the longest transaction time-out", timeoutMax);
        requirePositive("the patience of a commit", patience);
    }

    /**
     * When recovery works.
     *
     * @param interval between passes; a coordinator's death starts one at once
     * @param grace how long past its deadline a live coordinator's branch is left alone
     */
    public record Recovery(Duration interval, Duration grace) {
        public Recovery {
            requirePositive("the recovery interval", interval);
            if (grace.isNegative()) {
                throw new IllegalArgumentException("the recovery grace must not be negative: " + grace);
            }
        }
    }

    /**
     * How much at a time.
     *
     * @param threads that recovery has, and as many again that listeners have; resources have bulkheads of their own
     * @param activeMax transactions under way; beyond that begin is refused
     */
    public record Limits(int threads, int activeMax) {
        public Limits {
            if (threads < 1 || activeMax < 1) {
                throw new IllegalArgumentException(
                        "threads and active transactions must be at least 1, not " + threads + " and " + activeMax);
            }
        }
    }

    private static void requirePositive(String what, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(what + " must be longer than zero, not " + value);
        }
    }
}
