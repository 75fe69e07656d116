package dev.assent.shop.service;

import java.util.Arrays;
import java.util.Optional;

/** What the shop's services tell each other over Kafka. Each happens to an order once at most. */
public enum EventKind {
    /** An order is taken, and neither its goods nor its money are. */
    ORDER_PLACED("order", "orders", "OrderPlaced"),
    /** Goods and money are taken. */
    ORDER_PAID("order", "orders", "OrderPaid"),
    ORDER_CANCELLED("order", "orders", "OrderCancelled"),
    ORDER_REFUNDED("order", "orders", "OrderRefunded"),
    STOCK_RESERVED("inventory", "stock", "StockReserved"),
    STOCK_REFUSED("inventory", "stock", "StockRefused"),
    PAYMENT_MADE("payment", "payments", "PaymentMade"),
    PAYMENT_FAILED("payment", "payments", "PaymentFailed");

    /** Of the order service. */
    public static final String ORDERS = "orders";

    /** Of the inventory service. */
    public static final String STOCK = "stock";

    /** Of the payment service. */
    public static final String PAYMENTS = "payments";

    private final String service;
    private final String topic;
    private final String name;

    EventKind(String service, String topic, String name) {
        this.service = service;
        this.topic = topic;
        this.name = name;
    }

    public String topic() {
        return topic;
    }

    /** CloudEvents' source. */
    public String source() {
        return "/shop/" + service;
    }

    /** CloudEvents' type. */
    public String type() {
        return "dev.assent.shop." + name;
    }

    /** Empty for what the shop does not know. */
    public static Optional<EventKind> of(String type) {
        return Arrays.stream(values()).filter(kind -> kind.type().equals(type)).findFirst();
    }
}
