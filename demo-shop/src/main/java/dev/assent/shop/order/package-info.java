/**
 * The order service. A checkout can be made in several ways, a class each: {@link StrongCheckout}, {@link ThreePhaseCheckout},
 * {@link TccCheckout}, {@link SagaCheckout}, {@link EventualCheckout}; {@link Refund} and {@link Cancellation} undo. However
 * it is made, the event that the order is paid leaves through the outbox and comes back to move the order's status.
 */
@NullMarked
package dev.assent.shop.order;

import org.jspecify.annotations.NullMarked;
