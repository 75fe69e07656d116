/**
 * Shard ownership in the replicated store.
 *
 * <p>The relay's words for {@link dev.assent.store.lease.Leases}, which takes part for it under
 * {@code /assent/outbox/<relay>}. Called by {@code relay}. Invariant: every grant of a shard has a larger epoch than all
 * before it; a lease is told lost as soon as its session is.
 */
@NullMarked
package dev.assent.outbox.lease;

import org.jspecify.annotations.NullMarked;
