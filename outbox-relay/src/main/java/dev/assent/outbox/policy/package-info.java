/**
 * The decisions of the relay, pure: which shard a key lives in, what goes into the next batch, what to do with a
 * batch's outcome, how long to wait, and which relay instance should own which shard.
 *
 * <p>No I/O, clocks, threads or randomness: the same arguments give the same answer, on every machine. Called by the
 * relay's shell. Invariants: a record is never planned ahead of an earlier record of its key; a refused record stops
 * its own key and no other.
 */
@NullMarked
package dev.assent.outbox.policy;

import org.jspecify.annotations.NullMarked;
