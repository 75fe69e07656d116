/**
 * Leases of shards, spread over live members by weight and fenced by epochs: who works on which part of something.
 *
 * <p>{@link dev.assent.store.lease.Leases} keeps an ephemeral znode for its member, computes from all members which
 * shards it should have ({@link dev.assent.spread.RankedSpread}), and takes a shard with one {@code multi} that
 * makes the ephemeral znode of its owner and raises its epoch, as {@link dev.assent.store.lease.LeaseTree} says where and
 * how. Used by the outbox relay; uses one-shot watches and the operations of ZooKeeper 3.4 only. Invariant: every grant
 * of a shard has a larger epoch than all before it; a lease is told lost as soon as its session is. A lease is a hint:
 * whoever was paused may still believe in it, and is refused by its epoch.
 */
@NullMarked
package dev.assent.store.lease;

import org.jspecify.annotations.NullMarked;
