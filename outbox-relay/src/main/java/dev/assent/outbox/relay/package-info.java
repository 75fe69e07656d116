/**
 * The relay itself: the shell around the pure policy.
 *
 * <p>{@link dev.assent.outbox.relay.OutboxRelay} takes shards as leases are granted, and works on each with a thread of
 * its own: claim the shard in the database, fence earlier producers, then read, publish and settle, batch by batch.
 * {@link dev.assent.outbox.relay.Main} runs one from a properties file. Invariants: the takeover order lease, database
 * epoch, producer, read; a record is removed only after the broker has it; a shard has one batch in memory, and as
 * much again from the shelf.
 */
@NullMarked
package dev.assent.outbox.relay;

import org.jspecify.annotations.NullMarked;
