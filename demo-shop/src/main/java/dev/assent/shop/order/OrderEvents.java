package dev.assent.shop.order;

import dev.assent.outbox.consumer.ConsumedEvent;
import dev.assent.outbox.consumer.Effect.Handling;
import dev.assent.outbox.inbox.Inbox;
import dev.assent.outbox.status.StatusChange;
import dev.assent.outbox.status.StatusMachine;
import dev.assent.shop.service.EventKind;
import dev.assent.shop.service.LocalEffect;
import dev.assent.shop.service.OrderEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * What becomes of orders by events, once however often they come: the status machine lets a status move one way only, and
 * the inbox lets the rest happen at first sight only.
 */
final class OrderEvents implements LocalEffect.Work {
    private final Inbox inbox = new Inbox("order");
    private final StatusMachine status = OrderStatus.machine();
    private final OrderBook orders;

    OrderEvents(OrderBook orders) {
        this.orders = orders;
    }

    @Override
    public Handling apply(Connection connection, EventKind kind, OrderEvent event, ConsumedEvent raw)
            throws SQLException {
        return switch (kind) {
            case ORDER_PAID -> paid(connection, event, raw);
            case PAYMENT_MADE -> nowPaid(connection, event);
            case PAYMENT_FAILED, STOCK_REFUSED -> failed(connection, event);
            case ORDER_PLACED, ORDER_CANCELLED, ORDER_REFUNDED, STOCK_RESERVED -> Handling.DONE;
        };
    }

    /** The order's status moves, and the customer gets a point. */
    private Handling paid(Connection connection, OrderEvent event, ConsumedEvent raw) throws SQLException {
        if (!inbox.firstSight(connection, raw.source(), raw.id())) {
            return Handling.DONE;
        }
        StatusChange change = status.apply(connection, event.orderId(), OrderStatus.PAID.code());
        if (change == StatusChange.MISSING) {
            return Handling.LATER;
        }
        if (change == StatusChange.OUT_OF_ORDER) {
            return Handling.DONE; // cancelled meanwhile: whoever has taken something hears of that
        }
        try (PreparedStatement point = connection.prepareStatement("insert into loyalty_point (order_id, points)"
                + " values (?, 1) on conflict (order_id) do update set points = loyalty_point.points + 1")) {
            point.setObject(1, event.orderId());
            point.executeUpdate();
        }
        return Handling.DONE;
    }

    /** The eventual flow has come to its end: as in the others an event says that the order is paid, unless it was cancelled. */
    private Handling nowPaid(Connection connection, OrderEvent event) throws SQLException {
        if (orders.price(connection, event.orderId(), event.amountCents())) {
            event.append(connection, EventKind.ORDER_PAID);
        }
        return Handling.DONE;
    }

    private Handling failed(Connection connection, OrderEvent event) throws SQLException {
        orders.fail(connection, event.orderId(), event.reason());
        return Handling.DONE;
    }
}
