package dev.assent.shop.order;

import dev.assent.shop.service.EventKind;
import dev.assent.shop.service.LocalTransactions;
import java.sql.SQLException;
import org.springframework.stereotype.Service;

/**
 * The eventual checkout: a local transaction takes the order and tells of it, and that is all that the customer waits for.
 * Inventory hears of the order and reserves, payment hears of that and debits, this service hears of that and has it paid
 * ({@link OrderEvents}). Each of them does its part once, however often it hears.
 */
@Service
class EventualCheckout {
    private final LocalTransactions local;
    private final OrderBook orders;
    private final Clicks clicks;

    EventualCheckout(LocalTransactions local, OrderBook orders, Clicks clicks) {
        this.local = local;
        this.orders = orders;
        this.clicks = clicks;
    }

    /** Order, event and token commit together. */
    CheckoutReply place(CheckoutRequest request) throws SQLException {
        return local.run(connection -> clicks.once(connection, request, () -> {
            orders.placed(connection, request);
            request.event().append(connection, EventKind.ORDER_PLACED);
            return CheckoutReply.committed(request.orderId(), OrderStatus.CREATED);
        }));
    }
}
