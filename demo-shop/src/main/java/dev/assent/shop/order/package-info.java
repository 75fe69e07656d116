/**
 * The order service: a checkout is one global transaction over stock, money and the order; the event that it was paid
 * leaves through the outbox in the same transaction and comes back to move the order's status.
 */
@NullMarked
package dev.assent.shop.order;

import org.jspecify.annotations.NullMarked;
