/**
 * How global transactions end, as pure state machines: an input goes in, commands come out. No clock, thread, lock or
 * I/O.
 *
 * <p>{@link dev.assent.tx.protocol.CommitProtocol} is the seam: each protocol has a package of its own below this one,
 * and knows no other. Here is what they share: what happens to any transaction and who is told of its end, one-phase
 * commit, the table of branches, and phase 2. The coordinator's shell runs the commands; the simulation runs the same
 * classes.
 *
 * <p>The invariant: nothing here decides. A protocol starts phase 2 when its decision is durable, and not before.
 */
@NullMarked
package dev.assent.tx.protocol;

import org.jspecify.annotations.NullMarked;
