/**
 * The demo and its drills: starts the shop, sends checkouts, injects one fault, waits for quiescence and lets SQL
 * judge.
 *
 * <p>What is decided (when to kill whom, what to buy, what counts as a violation) is plain data and functions; only
 * {@link dev.assent.shop.drill.Shop} and {@link dev.assent.shop.drill.CheckoutDriver} touch processes and sockets.
 */
@NullMarked
package dev.assent.shop.drill;

import org.jspecify.annotations.NullMarked;
