package dev.assent.shop.order;

import dev.assent.outbox.status.StatusMachine;
import dev.assent.outbox.status.StatusTable;
import java.util.Arrays;
import java.util.Set;

/** Where an order stands, and where it can go from there. */
public enum OrderStatus {
    /** Its event has not come back yet; in the eventual flow goods and money have yet to be taken. */
    CREATED(0, "created"),
    CANCELLED(98, "cancelled"),
    /** No goods or no money; nothing was taken. */
    PAYMENT_FAILED(99, "payment-failed"),
    PAID(100, "paid"),
    REFUNDED(110, "refunded");

    private final int code;
    private final String word;

    OrderStatus(int code, String word) {
        this.code = code;
        this.word = word;
    }

    /** The number in the table. */
    public int code() {
        return code;
    }

    /** As customers are told. */
    public String word() {
        return word;
    }

    /** Every status that may follow; none is ever come back to. */
    Set<OrderStatus> next() {
        return switch (this) {
            case CREATED -> Set.of(PAID, PAYMENT_FAILED, CANCELLED);
            case PAID -> Set.of(REFUNDED);
            case CANCELLED, PAYMENT_FAILED, REFUNDED -> Set.of();
        };
    }

    /** By the number in the table. */
    public static OrderStatus of(int code) {
        return Arrays.stream(values())
                .filter(status -> status.code == code)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("an order has the status " + code
                        + ", which this version of the shop does not know: start the one that wrote it"));
    }

    /** Moves statuses in the table by these rules, whatever comes twice or too late. */
    static StatusMachine machine() {
        StatusMachine.Transitions transitions = StatusMachine.transitions(StatusTable.of("goods_order"));
        for (OrderStatus from : values()) {
            from.next().forEach(to -> {
                StatusMachine.Transitions unused = transitions.allow(from.code, to.code);
            });
        }
        return transitions.build();
    }
}
