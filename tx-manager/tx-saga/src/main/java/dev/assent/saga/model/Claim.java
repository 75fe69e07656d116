package dev.assent.saga.model;

/**
 * The right to go on with a saga: under this epoch and no longer.
 *
 * @param epoch rises with each claim; every write to the step log is refused under another than the current one
 */
public record Claim(SagaId saga, ProcessId executor, int epoch) {}
