/**
 * Forgets, by itself, what consumers no longer need: inbox rows, answered requests, expired tokens.
 *
 * <p>{@link dev.assent.outbox.purge.Purger} runs beside a {@link dev.assent.outbox.consumer.ConsumerLoop} that is given
 * its database, and in every relay. Invariant: nothing is forgotten before a message or request can no longer come again
 * ({@link dev.assent.outbox.purge.PurgeSettings}), and no statement takes more than one batch or waits for a row that
 * somebody else holds.
 */
@NullMarked
package dev.assent.outbox.purge;

import org.jspecify.annotations.NullMarked;
