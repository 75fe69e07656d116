package dev.assent.saga.model;

/** Where a saga stands. */
public enum SagaStatus {
    RUNNING,
    COMPENSATING,
    /** A compensation has failed again and again. It is tried for ever; somebody should look why. */
    STUCK,
    COMPLETED,
    COMPENSATED
}
