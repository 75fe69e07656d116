/**
 * Two-phase commit as pure state machines: an input goes in, commands come out. No clock, thread, lock or I/O.
 *
 * <p>{@link dev.assent.tx.protocol.TwoPhaseCommit} coordinates one transaction;
 * {@link dev.assent.tx.protocol.DecisionWrite} brings one COMMIT into the store through lost connections. The
 * coordinator's shell runs the commands; the simulation runs the same classes.
 *
 * <p>The invariant: no branch is told to commit in phase 2 before the COMMIT record is known to be durable, and
 * nobody is told "rolled back" while a COMMIT record may exist or may have existed.
 */
@NullMarked
package dev.assent.tx.protocol;

import org.jspecify.annotations.NullMarked;
