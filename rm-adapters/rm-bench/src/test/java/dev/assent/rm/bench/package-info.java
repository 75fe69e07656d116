/**
 * {@code ./assent bench transactions}: small two-branch transactions through ours, Atomikos, Narayana and by hand.
 *
 * <p>{@code TransactionBench} starts the databases, a three-member ensemble and one worker process a contender, lets
 * the workers take turns, and prints medians and what limits them. Workers of all contenders use the same pinned
 * connections and statements ({@code PinnedBranch}); only who ends the transaction differs.
 */
@NullMarked
package dev.assent.rm.bench;

import org.jspecify.annotations.NullMarked;
