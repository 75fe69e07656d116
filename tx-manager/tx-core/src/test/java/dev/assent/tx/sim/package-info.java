/**
 * The commit protocol's production classes under a simulated store, simulated resources and every crash we can name.
 *
 * <p>{@link dev.assent.tx.sim.SimStore} has the store's semantics of epochs, marks and create-once records;
 * {@link dev.assent.tx.sim.SimResource} has a resource's stable state. Both notice a broken rule when it happens.
 * {@link dev.assent.tx.sim.Flaw} are known bugs to be switched on: the checks must see every one of them.
 */
@NullMarked
package dev.assent.tx.sim;

import org.jspecify.annotations.NullMarked;
