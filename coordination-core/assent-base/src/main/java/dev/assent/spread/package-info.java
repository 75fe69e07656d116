/**
 * Who should have which of a number of shards, in proportion to weights. Pure: who sees the same computes the same.
 *
 * <p>{@link dev.assent.spread.StickySpread} starts from who has them now and moves as few as it takes: for who reads the
 * present holders together with the members, as coordinator nodes do. {@link dev.assent.spread.RankedSpread} knows the
 * members alone, so that they agree without having read each other's holdings, as owners of leases do; it moves few
 * shards, though more. Both give each the same share ({@code Shares}).
 */
@NullMarked
package dev.assent.spread;

import org.jspecify.annotations.NullMarked;
