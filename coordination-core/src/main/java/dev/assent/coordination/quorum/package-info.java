/**
 * Arithmetic of agreement: which sets of voters may decide, and how far a deciding set has come.
 *
 * <p>No state of the protocol here. Any two quorums of one {@link dev.assent.coordination.quorum.Quorum} share a
 * voter; everything that ZAB promises rests on that.
 */
@NullMarked
package dev.assent.coordination.quorum;

import org.jspecify.annotations.NullMarked;
