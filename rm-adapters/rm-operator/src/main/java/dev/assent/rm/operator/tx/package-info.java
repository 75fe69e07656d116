/**
 * What an operator may do about transactions of ours: to see them, to have what is decided carried out, and to have
 * what is not decided aborted.
 *
 * <p>{@link dev.assent.rm.operator.tx.ResolutionRule} is pure: evidence in, what to do out; its order of evidence and
 * its conclusions are those of recovery. {@link dev.assent.rm.operator.tx.Resolver} gathers and acts. Invariants: no
 * branch is ended but by a record that was read, or by the lack of one under a fenced epoch; nothing is ever decided
 * but ABORT, by the same create-once record that everybody uses; no act without an entry in the audit log before it.
 */
@NullMarked
package dev.assent.rm.operator.tx;

import org.jspecify.annotations.NullMarked;
