/**
 * {@code ./assent demo}: starts the shop, sends checkouts, injects a fault, waits until nothing moves and lets SQL judge; and what
 * its page shows and does, with the invariants looked at while everybody works.
 *
 * <p>What is decided (when to kill whom, what counts as a violation, what is told on the page) is plain data and functions; the
 * shop's processes are in {@code parts}, and drills by button are those of {@link dev.assent.shop.drills.shop}.
 */
@NullMarked
package dev.assent.shop.demo;

import org.jspecify.annotations.NullMarked;
