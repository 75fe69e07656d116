/**
 * How a saga goes on, as a pure state machine: an input goes in, commands come out. No clock, thread, random number or
 * I/O.
 *
 * <p>The invariant: no action is called before the log says that its stage has started, no compensation before it says
 * that the saga has turned back, and a saga that has turned back compensates every step of every started stage, last
 * stage first, whatever was or was not answered.
 */
@NullMarked
package dev.assent.saga.protocol;

import org.jspecify.annotations.NullMarked;
