package dev.assent.shop.inventory;

import dev.assent.outbox.consumer.ConsumedEvent;
import dev.assent.outbox.consumer.Effect.Handling;
import dev.assent.shop.service.EventKind;
import dev.assent.shop.service.LocalEffect;
import dev.assent.shop.service.OrderEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Inventory's part of the eventual checkout, once however often an event comes: an order has one row among the reservations,
 * and their unique constraint refuses a second one.
 */
final class EventualStock implements LocalEffect.Work {

    @Override
    public Handling apply(Connection connection, EventKind kind, OrderEvent order, ConsumedEvent raw)
            throws SQLException {
        return switch (kind) {
            case ORDER_PLACED -> reserve(connection, order);
            case PAYMENT_FAILED, ORDER_CANCELLED -> release(connection, order);
            case ORDER_PAID, ORDER_REFUNDED, STOCK_RESERVED, STOCK_REFUSED, PAYMENT_MADE -> Handling.DONE;
        };
    }

    private static Handling reserve(Connection connection, OrderEvent order) throws SQLException {
        if (!isFirst(connection, order, "reserved")) {
            return Handling.DONE;
        }
        try (PreparedStatement take = connection.prepareStatement("update stock set available = available - ?"
                + " where item = ? and available >= ? returning price_cents * ?")) {
            take.setInt(1, order.quantity());
            take.setString(2, order.item());
            take.setInt(3, order.quantity());
            take.setInt(4, order.quantity());
            try (ResultSet taken = take.executeQuery()) {
                if (taken.next()) {
                    order.withAmount(taken.getLong(1)).append(connection, EventKind.STOCK_RESERVED);
                    return Handling.DONE;
                }
            }
        }
        end(connection, order, "refused");
        order.because("not enough of " + order.item() + " on stock").append(connection, EventKind.STOCK_REFUSED);
        return Handling.DONE;
    }

    /** Whether nothing has been done about the order yet; if so its row is there now. */
    private static boolean isFirst(Connection connection, OrderEvent order, String state) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("insert into reservation (order_id, item, quantity, state)"
                        + " values (?, ?, ?, ?) on conflict (order_id) do nothing")) {
            insert.setObject(1, order.orderId());
            insert.setString(2, order.item());
            insert.setInt(3, order.quantity());
            insert.setString(4, state);
            return insert.executeUpdate() == 1;
        }
    }

    /** A cancellation that comes first leaves a row too, at which the reservation stops. */
    private static Handling release(Connection connection, OrderEvent order) throws SQLException {
        if (!isFirst(connection, order, "released") && end(connection, order, "released")) {
            try (PreparedStatement back =
                    connection.prepareStatement("update stock set available = available + ? where item = ?")) {
                back.setInt(1, order.quantity());
                back.setString(2, order.item());
                back.executeUpdate();
            }
        }
        return Handling.DONE;
    }

    /** Whether there was a reservation, which is now ended so. */
    private static boolean end(Connection connection, OrderEvent order, String state) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "update reservation set state = ? where order_id = ? and state = 'reserved'")) {
            update.setString(1, state);
            update.setObject(2, order.orderId());
            return update.executeUpdate() == 1;
        }
    }
}
