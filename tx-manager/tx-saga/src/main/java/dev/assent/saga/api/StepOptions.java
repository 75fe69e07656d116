package dev.assent.saga.api;

import dev.assent.time.Backoff;
import java.time.Duration;

/**
 * How a step is called.
 *
 * @param attempts of the action until the saga turns back; the compensation is tried for ever
 * @param timeout of one attempt
 * @param pauses between attempts, of action and compensation; what is waited is between half of it and all of it
 */
public record StepOptions(int attempts, Duration timeout, Backoff pauses) {
    public static final StepOptions DEFAULT = new StepOptions(5, Duration.ofSeconds(10), new Backoff(100, 10_000));

    public StepOptions withAttempts(int number) {
        return new StepOptions(number, timeout, pauses);
    }

    public StepOptions withTimeout(Duration limit) {
        return new StepOptions(attempts, limit, pauses);
    }

    public StepOptions withPauses(Backoff between) {
        return new StepOptions(attempts, timeout, between);
    }
}
