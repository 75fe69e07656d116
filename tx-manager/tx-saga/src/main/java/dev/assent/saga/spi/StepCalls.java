package dev.assent.saga.spi;

import dev.assent.saga.model.CallKey;
import dev.assent.saga.model.SagaHeader;
import dev.assent.saga.model.SagaPlan;
import dev.assent.saga.model.StepAnswer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The definitions that this process knows, and threads to call their steps. */
public interface StepCalls {

    /**
     * One attempt.
     *
     * @param results of the steps that the log says are done
     */
    record Request(SagaHeader header, CallKey key, int attempt, Map<String, String> results) {}

    /** An attempt under way. */
    interface Attempt {
        /** Never fails: what goes wrong is an answer. */
        CompletionStage<StepAnswer> answer();

        /** Nobody waits any more. */
        void giveUp();
    }

    /** Empty if this process has no definition of that name and version. */
    Optional<SagaPlan> plan(String name, int version);

    /** Does not block. */
    Attempt call(Request request);
}
