/**
 * The replicated state: znodes, sessions and watches, and the transactions that change them.
 *
 * <p>The leader turns requests into {@link dev.assent.coordination.tree.Txn}s with a
 * {@link dev.assent.coordination.tree.TxnPreparer}; every server applies them, in zxid order, to its
 * {@link dev.assent.coordination.tree.DataTree}. All that could fail, failed in the preparer: a transaction holds
 * everything that applying it takes, so equal histories make equal trees, and their digests show it.
 *
 * <p>A tree is immutable. Applying makes a new one that shares almost everything with the old one, so a reader on
 * any thread, or a snapshot, simply keeps the tree it was given. Nothing here reads a clock, starts a thread or
 * iterates in an order that two servers could see differently.
 */
@NullMarked
package dev.assent.coordination.tree;

import org.jspecify.annotations.NullMarked;
