/**
 * Decisions, epochs, roles and heuristic outcomes on znodes, through the ordinary ZooKeeper client protocol.
 *
 * <p>{@link dev.assent.tx.store.StoreSession} keeps one session and never repeats a request by itself: a lost
 * connection is reported as such, and the caller knows whether a repetition is safe.
 * {@link dev.assent.tx.store.StoreLayout} says where everything lies.
 *
 * <p>The invariant: a COMMIT record is created only in one multi with the check of the epoch that its id names, and
 * records are deleted only together with a change of their shard's garbage collection node.
 */
@NullMarked
package dev.assent.tx.store;

import org.jspecify.annotations.NullMarked;
