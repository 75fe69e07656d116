/**
 * The deterministic simulation of an ensemble: the very {@link dev.assent.coordination.zab.ZabPeer} of production on a
 * virtual clock, network and disk, with faults at every boundary and ZAB's properties checked after every event.
 *
 * <p>A run is a function of its seed. Nothing here reads the real clock or starts a thread.
 */
@NullMarked
package dev.assent.coordination.sim;

import org.jspecify.annotations.NullMarked;
