package dev.assent.shop.payment;

import dev.assent.outbox.consumer.ConsumedEvent;
import dev.assent.outbox.consumer.Effect.Handling;
import dev.assent.outbox.model.Body;
import dev.assent.outbox.token.Admission;
import dev.assent.outbox.token.Requests;
import dev.assent.outbox.token.StoredResponse;
import dev.assent.shop.service.EventKind;
import dev.assent.shop.service.LocalEffect;
import dev.assent.shop.service.OrderEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * Payment's part of the eventual checkout, once however often an event comes: the order's id is the token of the request to
 * pay it, and is kept with the answer.
 */
final class EventualMoney implements LocalEffect.Work {
    private static final int OK = 200;
    private static final int PAYMENT_REQUIRED = 402;

    private final Requests requests = new Requests("orders");

    @Override
    public Handling apply(Connection connection, EventKind kind, OrderEvent order, ConsumedEvent raw)
            throws SQLException {
        return switch (kind) {
            case STOCK_RESERVED -> pay(connection, order, raw.body());
            case ORDER_CANCELLED -> payBack(connection, order);
            case ORDER_PLACED, ORDER_PAID, ORDER_REFUNDED, STOCK_REFUSED, PAYMENT_MADE, PAYMENT_FAILED -> Handling.DONE;
        };
    }

    private Handling pay(Connection connection, OrderEvent order, Body asked) throws SQLException {
        String token = order.orderId().toString();
        if (!(requests.admit(connection, token, asked) instanceof Admission.First)) {
            return Handling.DONE;
        }
        int status = OK;
        if (recorded(connection, order, "paid", order.amountCents())) {
            if (debited(connection, order)) {
                order.append(connection, EventKind.PAYMENT_MADE);
            } else {
                status = PAYMENT_REQUIRED;
                state(connection, order, "failed");
                order.because(order.customer() + " cannot pay " + order.amountCents() + " cents")
                        .append(connection, EventKind.PAYMENT_FAILED);
            }
        }
        requests.answer(connection, token, new StoredResponse(status, "application/json", asked));
        return Handling.DONE;
    }

    /** Not if the order was cancelled before: that has left a payment of nothing. */
    private static boolean recorded(Connection connection, OrderEvent order, String state, long cents)
            throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("insert into payment (order_id, customer, amount_cents, state)"
                        + " values (?, ?, ?, ?) on conflict (order_id) do nothing")) {
            insert.setObject(1, order.orderId());
            insert.setString(2, order.customer());
            insert.setLong(3, cents);
            insert.setString(4, state);
            return insert.executeUpdate() == 1;
        }
    }

    private static boolean debited(Connection connection, OrderEvent order) throws SQLException {
        try (PreparedStatement debit =
                connection.prepareStatement("update account set balance_cents = balance_cents - ?"
                        + " where customer = ? and balance_cents >= ?")) {
            debit.setLong(1, order.amountCents());
            debit.setString(2, order.customer());
            debit.setLong(3, order.amountCents());
            return debit.executeUpdate() == 1;
        }
    }

    private static Handling payBack(Connection connection, OrderEvent order) throws SQLException {
        if (recorded(connection, order, "cancelled", 0)) {
            return Handling.DONE;
        }
        try (PreparedStatement back = connection.prepareStatement("with given as (update payment set state = 'refunded'"
                + " where order_id = ? and state = 'paid' returning customer, amount_cents)"
                + " update account set balance_cents = balance_cents + given.amount_cents from given"
                + " where account.customer = given.customer")) {
            back.setObject(1, order.orderId());
            back.executeUpdate();
        }
        return Handling.DONE;
    }

    private static void state(Connection connection, OrderEvent order, String state) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("update payment set state = ? where order_id = ?")) {
            update.setString(1, state);
            update.setObject(2, order.orderId());
            update.executeUpdate();
        }
    }
}
