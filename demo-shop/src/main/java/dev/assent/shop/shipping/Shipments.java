package dev.assent.shop.shipping;

import dev.assent.outbox.consumer.ConsumedEvent;
import dev.assent.outbox.consumer.Effect.Handling;
import dev.assent.outbox.status.StatusChange;
import dev.assent.outbox.status.StatusMachine;
import dev.assent.outbox.status.StatusTable;
import dev.assent.shop.service.EventKind;
import dev.assent.shop.service.LocalEffect;
import dev.assent.shop.service.OrderEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * Ships what is paid, and stops what is refunded or cancelled: an order has one row, so that no event ships it twice, and its
 * status moves one way.
 */
final class Shipments implements LocalEffect.Work {
    private static final int SHIPPED = 10;
    private static final int STOPPED = 20;

    private final StatusMachine status =
            StatusMachine.ascending(new StatusTable("shipment", "order_id", "status", java.util.Optional.empty()));

    @Override
    public Handling apply(Connection connection, EventKind kind, OrderEvent order, ConsumedEvent raw)
            throws SQLException {
        return switch (kind) {
            case ORDER_PAID -> {
                insert(connection, order, SHIPPED);
                yield Handling.DONE;
            }
            case ORDER_REFUNDED, ORDER_CANCELLED -> stop(connection, order);
            case ORDER_PLACED, STOCK_RESERVED, STOCK_REFUSED, PAYMENT_MADE, PAYMENT_FAILED -> Handling.DONE;
        };
    }

    private static void insert(Connection connection, OrderEvent order, int status) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("insert into shipment (order_id, customer, item, quantity, status)"
                        + " values (?, ?, ?, ?, ?) on conflict (order_id) do nothing")) {
            insert.setObject(1, order.orderId());
            insert.setString(2, order.customer());
            insert.setString(3, order.item());
            insert.setInt(4, order.quantity());
            insert.setInt(5, status);
            insert.executeUpdate();
        }
    }

    /** Also if it comes first: then nothing is shipped later. */
    private Handling stop(Connection connection, OrderEvent order) throws SQLException {
        if (status.apply(connection, order.orderId(), STOPPED) == StatusChange.MISSING) {
            insert(connection, order, STOPPED);
        }
        return Handling.DONE;
    }
}
