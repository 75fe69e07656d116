/**
 * Try, confirm, cancel as a drill: two services that reserve, a caller that commits or rolls back, coordinator nodes and
 * their store, each a real process, and in each round one of them dies of SIGKILL at a chosen step.
 *
 * <p>Called by {@code ./assent torture tcc} and by the build. {@link dev.assent.shop.tcc.PlannedFault} says who dies where;
 * {@link dev.assent.shop.tcc.Torture} does it, and starts it again; {@link dev.assent.shop.tcc.Judge} says by the rows
 * and by what callers were told whether each try was confirmed or cancelled once.
 */
@NullMarked
package dev.assent.shop.tcc;

import org.jspecify.annotations.NullMarked;
