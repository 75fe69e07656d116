package dev.assent.shop.order;

import dev.assent.outbox.status.StatusChange;
import dev.assent.outbox.status.StatusMachine;
import dev.assent.shop.service.EventKind;
import dev.assent.shop.service.LocalTransactions;
import dev.assent.shop.service.OrderEvent;
import dev.assent.shop.service.Problem;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Service;

/**
 * Cancels an order of the eventual flow that is not paid yet, by hand or after its time: a local transaction and an event,
 * at which inventory and payment give back what they have taken, and take nothing afterwards.
 */
@Service
class Cancellation {
    /** At a time; the others a little later. */
    static final int OVERDUE_MAX = 100;

    private final LocalTransactions local;
    private final OrderBook orders;
    private final StatusMachine status = OrderStatus.machine();

    Cancellation(LocalTransactions local, OrderBook orders) {
        this.local = local;
        this.orders = orders;
    }

    /** Of an order as it stands. */
    private record Standing(Flow flow, OrderStatus status, OrderEvent event) {}

    /** @throws Problem it cannot be cancelled any more, or never could */
    CheckoutReply order(UUID id) throws SQLException {
        return local.run(connection -> {
            Standing order = locked(connection, id);
            if (order.flow() != Flow.EVENTUAL) {
                throw new Problem(
                        HttpStatus.CONFLICT,
                        "the " + order.flow().word()
                                + " flow takes goods and money with the order: it is paid, or was never made",
                        "refund it");
            }
            return switch (cancel(connection, order, "cancelled by the customer")) {
                case APPLIED -> CheckoutReply.committed(id, OrderStatus.CANCELLED);
                case DUPLICATE ->
                    CheckoutReply.committed(id, OrderStatus.CANCELLED).again();
                case OUT_OF_ORDER, MISSING ->
                    throw new Problem(
                            HttpStatus.CONFLICT,
                            "the order is " + order.status().word() + " already",
                            "only one that is " + OrderStatus.CREATED.word()
                                    + " can be cancelled; refund one that is paid");
            };
        });
    }

    /** Those that are not paid for so long; returns how many. */
    int overdue(Duration after) throws SQLException {
        int cancelled = 0;
        for (UUID id : unpaid(after)) {
            StatusChange change = local.run(connection ->
                    cancel(connection, locked(connection, id), "not paid within " + after.toSeconds() + " s"));
            cancelled += change == StatusChange.APPLIED ? 1 : 0;
        }
        return cancelled;
    }

    private StatusChange cancel(Connection connection, Standing order, String reason) throws SQLException {
        OrderEvent event = order.event();
        StatusChange change = status.apply(connection, event.orderId(), OrderStatus.CANCELLED.code());
        if (change == StatusChange.APPLIED) {
            orders.reason(connection, event.orderId(), reason);
            event.because(reason).append(connection, EventKind.ORDER_CANCELLED);
        }
        return change;
    }

    private static Standing locked(Connection connection, UUID id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select customer, item, quantity, amount_cents, flow, status from goods_order where id = ? for update")) {
            select.setObject(1, id);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw OrderBook.missing(id);
                }
                return new Standing(
                        Flow.of(row.getString("flow")),
                        OrderStatus.of(row.getInt("status")),
                        new OrderEvent(
                                id,
                                row.getString("customer"),
                                row.getString("item"),
                                row.getInt("quantity"),
                                row.getLong("amount_cents"),
                                ""));
            }
        }
    }

    private List<UUID> unpaid(Duration after) throws SQLException {
        return local.run(connection -> {
            List<UUID> ids = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement(
                    "select id from goods_order where status = ? and flow = ? and created_at < clock_timestamp()"
                            + " - ? * interval '1 millisecond' order by created_at limit " + OVERDUE_MAX)) {
                select.setInt(1, OrderStatus.CREATED.code());
                select.setString(2, Flow.EVENTUAL.word());
                select.setLong(3, after.toMillis());
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        ids.add(rows.getObject(1, UUID.class));
                    }
                }
            }
            return ids;
        });
    }
}
