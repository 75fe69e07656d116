package dev.assent.shop.order;

/** Where an order stands. The codes rise: a status only ever moves up. */
public enum OrderStatus {
    CREATED(0),
    PAYMENT_FAILED(99),
    PAID(100);

    private final int code;

    OrderStatus(int code) {
        this.code = code;
    }

    /** The number in the table. */
    public int code() {
        return code;
    }
}
