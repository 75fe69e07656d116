package dev.assent.shop.order;

import java.util.UUID;

/**
 * How a checkout, refund or cancellation ended.
 *
 * @param status the order's, in a word; for an unknown outcome {@code unknown}
 * @param outcome {@code committed}, {@code rolledBack} or {@code unknown}
 * @param detail for {@code unknown} the token to ask with
 * @param repeated it had been answered before, and nothing was done now
 */
record CheckoutReply(UUID order, String status, String outcome, String detail, boolean repeated) {
    static CheckoutReply committed(UUID order, OrderStatus status) {
        return new CheckoutReply(order, status.word(), "committed", "", false);
    }

    static CheckoutReply unknown(UUID order, String token) {
        return new CheckoutReply(order, "unknown", "unknown", token, false);
    }

    CheckoutReply again() {
        return new CheckoutReply(order, status, outcome, detail, true);
    }
}
