/**
 * The commit point protocol's production classes under simulated databases, whose tables have PostgreSQL's semantics
 * of a unique index and of transaction ids, and every crash we can name.
 *
 * <p>{@link dev.assent.tx.sim.commitpoint.SimDatabase} notices a broken rule when it happens, and
 * {@link dev.assent.tx.sim.commitpoint.PointAudit} once all is healed.
 * {@link dev.assent.tx.sim.commitpoint.PointFlaw} are known bugs to be switched on: the checks must see every one.
 */
@NullMarked
package dev.assent.tx.sim.commitpoint;

import org.jspecify.annotations.NullMarked;
