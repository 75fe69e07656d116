/**
 * The payment service: accounts, and what was paid from them. It joins its caller's transaction and knows nothing of it; a
 * saga's steps and the shop's events take effect once.
 */
@NullMarked
package dev.assent.shop.payment;

import org.jspecify.annotations.NullMarked;
