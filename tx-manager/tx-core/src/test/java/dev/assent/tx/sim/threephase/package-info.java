/**
 * Three-phase commit's production classes on a simulated network and disk: a transaction, its coordinator, agents and
 * nodes, each of the last two an acceptor, and a store that may die for ever.
 *
 * <p>{@link dev.assent.tx.sim.threephase.Truth} sees everything at once, and what it sees must hold at every moment;
 * {@link dev.assent.tx.sim.threephase.PaxosFlaw} are known bugs to be switched on, the textbook's protocol among them:
 * the checks must see every one.
 */
@NullMarked
package dev.assent.tx.sim.threephase;

import org.jspecify.annotations.NullMarked;
