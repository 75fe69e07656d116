package dev.assent.saga.api;

import dev.assent.saga.model.CallKey;
import dev.assent.saga.model.SagaId;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What a step's code is told.
 *
 * @param input what the saga was started with
 * @param key the same for every attempt, in every process: what is called has effects for it once
 * @param attempt from 1, counted anew by each process
 * @param timeout after which this attempt counts as failed, and its thread is interrupted
 * @param results of the steps that are done
 */
public record StepContext<I>(I input, CallKey key, int attempt, Duration timeout, Map<String, String> results) {

    public SagaId saga() {
        return key.saga();
    }

    /** What a step's action returned; empty if the log does not say that it is done. */
    public Optional<String> result(String step) {
        return Optional.ofNullable(results.get(step));
    }
}
