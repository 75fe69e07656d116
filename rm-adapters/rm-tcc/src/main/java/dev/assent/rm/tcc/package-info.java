/**
 * Try, confirm, cancel: a branch of a global transaction whose work is up to two local transactions of a service's
 * own. The try reserves, under the transaction's eyes; confirm and cancel are the branch's commit and rollback.
 *
 * <p>An application makes a {@link dev.assent.rm.tcc.TccResource} over its data source and names its participants there.
 * Invariants: the row of a branch in the fence table is written in the same local transaction as the work it stands for,
 * so each try is confirmed or cancelled once, whoever is told how often; a try whose branch was cancelled before never
 * runs; a row in state TRIED is the vote yes, and holds all that another process needs to end the branch.
 */
@NullMarked
package dev.assent.rm.tcc;

import org.jspecify.annotations.NullMarked;
