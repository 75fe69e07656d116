package dev.assent.shop.order;

/** Another service refused its part for a business reason: no stock, no money. */
final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String remedy;

    Refused(String reason, String remedy) {
        super(reason);
        this.remedy = remedy;
    }

    String reason() {
        return String.valueOf(getMessage());
    }

    String remedy() {
        return remedy;
    }
}
