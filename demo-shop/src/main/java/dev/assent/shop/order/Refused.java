package dev.assent.shop.order;

/** Another service refused its part for a business reason: no stock, no money. */
final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refused(String reason) {
        super(reason);
    }
}
