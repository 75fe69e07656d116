/**
 * ZAB as a pure state machine: election outcome in, ordered and durable transactions out.
 *
 * <p>The shell tells the peer what happened ({@link dev.assent.coordination.zab.Input}) and carries out what it
 * answers ({@link dev.assent.coordination.zab.Turn}). No I/O, clock, thread, lock or log here, so production and
 * the simulation run the same class. A transaction is an opaque payload.
 */
@NullMarked
package dev.assent.coordination.zab;

import org.jspecify.annotations.NullMarked;
