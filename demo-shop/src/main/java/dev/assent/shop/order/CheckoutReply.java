package dev.assent.shop.order;

/**
 * How a checkout ended.
 *
 * @param outcome {@code committed}, {@code rolledBack} or {@code unknown}
 * @param detail the reason for a rollback; for {@code unknown} the token to ask with
 */
record CheckoutReply(String outcome, String detail) {
    static CheckoutReply committed() {
        return new CheckoutReply("committed", "");
    }

    static CheckoutReply rolledBack(String reason) {
        return new CheckoutReply("rolledBack", reason);
    }

    static CheckoutReply unknown(String token) {
        return new CheckoutReply("unknown", token);
    }
}
