/**
 * Two-phase commit with the decision as a record in a replicated store.
 *
 * <p>{@link dev.assent.tx.protocol.twophase.TwoPhaseCommit} coordinates one transaction;
 * {@link dev.assent.tx.protocol.twophase.DecisionWrite} brings one COMMIT into the store through lost connections.
 *
 * <p>The invariant: no branch is told to commit in phase 2 before the COMMIT record is known to be durable, and
 * nobody is told "rolled back" while a COMMIT record may exist or may have existed.
 */
@NullMarked
package dev.assent.tx.protocol.twophase;

import org.jspecify.annotations.NullMarked;
