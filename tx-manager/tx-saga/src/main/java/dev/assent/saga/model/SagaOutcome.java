package dev.assent.saga.model;

/** How a saga ended. */
public enum SagaOutcome {
    /** Every step has been done, and none was compensated. */
    COMPLETED,
    /** Every step that may have been called was compensated, in the reverse of its order. */
    COMPENSATED
}
