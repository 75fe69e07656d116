/**
 * Commit through one of the branches' own databases: no record in the store, and one branch that is never prepared.
 *
 * <p>{@link dev.assent.tx.protocol.commitpoint.CommitPoint} coordinates one transaction. One branch is the commit
 * point; all others are prepared first; then its own transaction inserts a row that names them and commits, in one
 * step. Whoever must know, and is not its coordinator, inserts ABORT under the same key, and obeys what is there
 * ({@link dev.assent.tx.recovery.RecoveryPlan}).
 *
 * <p>The invariant: nobody but the commit point's own transaction inserts COMMIT, once, after every other branch is
 * known to be prepared; and no prepared branch is ended by anything but a row that is there.
 */
@NullMarked
package dev.assent.tx.protocol.commitpoint;

import org.jspecify.annotations.NullMarked;
