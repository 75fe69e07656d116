/**
 * Shard ownership in the znode store, through the ZooKeeper client protocol.
 *
 * <p>Live instances are ephemeral members; each computes from the members which shards it should own, and takes a shard
 * with one {@code multi} that creates the ephemeral owner node and raises the shard's epoch. Uses only one-shot watches
 * and the operations of ZooKeeper 3.4, so that any ensemble will do. Called by {@code relay}. Invariant: every grant of
 * a shard has a larger epoch than all before it; a lease is told lost as soon as its session is.
 */
@NullMarked
package dev.assent.outbox.lease;

import org.jspecify.annotations.NullMarked;
