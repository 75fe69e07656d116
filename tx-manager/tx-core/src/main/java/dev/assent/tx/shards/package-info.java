/**
 * Who leads which shard, as pure decisions: who is in the cluster, who holds what and who seems dead go in, what this
 * node does about it comes out.
 *
 * <p>Called by the coordinator's elections and by the links among nodes. Nothing here makes anything true: a shard is
 * held by whoever the store says, in the epoch that the store says, and each change is conditional on that. So a wrong
 * suspicion, or two nodes with different views, cost attempts, never an outcome.
 */
@NullMarked
package dev.assent.tx.shards;

import org.jspecify.annotations.NullMarked;
