package dev.assent.saga.api;

/** How a step is undone. */
@FunctionalInterface
public interface StepCompensation<I> {
    /**
     * Run until it returns, more than once perhaps. It must return only when nothing is left of the action and nothing can
     * come of it any more, also where the action has never arrived or arrives later.
     *
     * @throws Exception it is run again
     */
    void run(StepContext<I> context) throws Exception;
}
