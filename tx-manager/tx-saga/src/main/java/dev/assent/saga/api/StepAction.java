package dev.assent.saga.api;

/** What a step does. */
@FunctionalInterface
public interface StepAction<I> {
    /**
     * May be run more than once, at the same time too: by a process that is thought to be dead, and by its successor. What
     * it calls has effects for {@link StepContext#key} once.
     *
     * @return what later steps and compensations may need, at most {@code SagaEvent.RESULT_BYTES_MAX} bytes
     * @throws StepRefusedException the saga turns back
     * @throws Exception the attempt failed, with an effect or without; it is made again
     */
    String run(StepContext<I> context) throws Exception;
}
