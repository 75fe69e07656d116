package dev.assent.admin.view;

import java.time.Instant;

/**
 * What stands in a saga's log.
 *
 * @param at by the clock of who wrote it
 * @param epoch which rises with each process that takes the saga over
 */
public record SagaNote(Instant at, int epoch, String what) {}
