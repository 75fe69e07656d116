/**
 * The commands of operators, and how their findings look on a terminal and as JSON.
 *
 * <p>Called by the launcher. Invariant: without {@code --yes} no command changes anything, and whatever comes out of a
 * database or the store is printed so that it can neither steer a terminal nor, pasted, run as a command.
 */
@NullMarked
package dev.assent.rm.operator;

import org.jspecify.annotations.NullMarked;
