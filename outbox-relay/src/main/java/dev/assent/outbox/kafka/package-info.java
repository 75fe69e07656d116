/**
 * The broker side: records in the CloudEvents binary mode, published in Kafka transactions that fence each other.
 *
 * <p>A shard publishes through {@code transactional.id = <relay>-shard-<n>}, and through a few beside it
 * ({@code -side-<k>}) while topics are doubtful: opening one ends what an earlier owner left open, and refuses that owner
 * from then on. A batch is one short transaction; consumers that read committed
 * records see all of it or nothing. Called by {@code relay}. Invariant: after a batch was not published, nothing of it
 * is visible, unless the outcome is unavailable, which means unknown.
 */
@NullMarked
package dev.assent.outbox.kafka;

import org.jspecify.annotations.NullMarked;
