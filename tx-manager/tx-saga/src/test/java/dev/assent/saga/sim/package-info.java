/**
 * Executors of sagas in a deterministic simulation: the production classes on virtual time, with a store that loses
 * answers and goes away, services that answer late or never, and processes that die, stall and come back.
 */
@NullMarked
package dev.assent.saga.sim;

import org.jspecify.annotations.NullMarked;
