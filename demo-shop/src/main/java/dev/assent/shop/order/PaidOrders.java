package dev.assent.shop.order;

import dev.assent.outbox.consumer.ConsumedEvent;
import dev.assent.outbox.consumer.Effect;
import dev.assent.outbox.inbox.Inbox;
import dev.assent.outbox.status.StatusChange;
import dev.assent.outbox.status.StatusMachine;
import dev.assent.outbox.status.StatusTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * The effect of an OrderPaid event, once however often it comes: the order's status moves up, and the customer gets a
 * point. The inbox row, the status and the point commit together.
 */
final class PaidOrders implements Effect {
    private final DataSource database;
    private final Inbox inbox = new Inbox("order");
    private final StatusMachine status = StatusMachine.ascending(StatusTable.of("goods_order"));

    /** {@code database}: plain local transactions, no part of any global one. */
    PaidOrders(DataSource database) {
        this.database = database;
    }

    @Override
    public Handling apply(ConsumedEvent event) throws SQLException {
        UUID orderId = UUID.fromString(event.subject().orElseThrow());
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            Handling handling = handle(connection, event, orderId);
            if (handling == Handling.DONE) {
                connection.commit();
            } else {
                connection.rollback();
            }
            return handling;
        }
    }

    private Handling handle(Connection connection, ConsumedEvent event, UUID orderId) throws SQLException {
        if (!inbox.firstSight(connection, event.source(), event.id())) {
            return Handling.DONE;
        }
        StatusChange change = status.apply(connection, orderId, OrderStatus.PAID.code());
        if (change == StatusChange.MISSING) {
            return Handling.LATER;
        }
        try (PreparedStatement point = connection.prepareStatement("insert into loyalty_point (order_id, points)"
                + " values (?, 1) on conflict (order_id) do update set points = loyalty_point.points + 1")) {
            point.setObject(1, orderId);
            point.executeUpdate();
        }
        return Handling.DONE;
    }
}
