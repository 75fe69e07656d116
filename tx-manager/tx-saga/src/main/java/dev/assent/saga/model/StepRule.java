package dev.assent.saga.model;

import dev.assent.time.Backoff;

/**
 * What is to be kept to when a step is called.
 *
 * @param name unique in its saga
 * @param attemptsMax calls of the action until the saga turns back; compensations are called for ever
 * @param timeoutMillis how long one call may take until it counts as failed, with an effect or without
 * @param pauses between calls
 * @param isCompensated whether there is anything to undo
 */
public record StepRule(String name, int attemptsMax, long timeoutMillis, Backoff pauses, boolean isCompensated) {
    public StepRule {
        Names.require("a step's name", name, CallKey.STEP_CHARACTERS_MAX);
        if (attemptsMax < 1 || timeoutMillis < 1) {
            throw new IllegalArgumentException("step " + name + " is called at least once, for at least 1 ms, not "
                    + attemptsMax + " times for " + timeoutMillis + " ms");
        }
    }
}
