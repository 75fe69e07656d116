package dev.assent.shop.order;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.shop.service.EventKind;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.NotSupportedException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.springframework.stereotype.Service;

/**
 * The strong checkout without a record in the store: the order's own database decides, by a row that commits with the order.
 * That takes one process that works in all three databases, as a shop does that was never cut into services.
 */
@Service
class CommitPointCheckout {
    private final OwnCoordinator coordinator;
    private final OrderBook orders;
    private final Clicks clicks;

    CommitPointCheckout(OwnCoordinator coordinator, OrderBook orders, Clicks clicks) {
        this.coordinator = coordinator;
        this.orders = orders;
        this.clicks = clicks;
    }

    /** As {@link StrongCheckout#place}. */
    CheckoutReply place(CheckoutRequest request, Consumer<String> begun)
            throws SQLException, NotSupportedException, SystemException, RollbackException, HeuristicMixedException,
                    HeuristicRollbackException {
        AssentTransactions transactions = coordinator.transactions();
        transactions.setTransactionTimeout(StrongCheckout.TIMEOUT_SECONDS);
        transactions.begin();
        boolean isDone = false;
        CheckoutReply reply;
        try {
            transactions.decideIn("order");
            reply = work(request);
            transactions.token().map(OwnCoordinator::token).ifPresent(begun);
            isDone = true;
        } finally {
            if (!isDone) {
                transactions.rollback();
            }
        }
        transactions.commit();
        return reply;
    }

    private CheckoutReply work(CheckoutRequest request) throws SQLException {
        try (Connection order = coordinator.connection("order");
                Connection inventory = coordinator.connection("inventory");
                Connection payment = coordinator.connection("payment")) {
            return clicks.once(order, request, () -> {
                orders.placed(order, request);
                long cents = reserve(inventory, request);
                pay(payment, request, cents);
                orders.price(order, request.orderId(), cents);
                request.event().withAmount(cents).append(order, EventKind.ORDER_PAID);
                return CheckoutReply.committed(request.orderId(), OrderStatus.CREATED);
            });
        }
    }

    private static long reserve(Connection inventory, CheckoutRequest request) throws SQLException {
        try (PreparedStatement take = inventory.prepareStatement("with taken as (update stock"
                + " set available = available - ? where item = ? and available >= ? returning item, price_cents)"
                + ", made as (insert into reservation (order_id, item, quantity) select ?, item, ? from taken)"
                + " select price_cents * ? from taken")) {
            take.setInt(1, request.quantity());
            take.setString(2, request.item());
            take.setInt(3, request.quantity());
            take.setObject(4, request.orderId());
            take.setInt(5, request.quantity());
            take.setInt(6, request.quantity());
            try (ResultSet taken = take.executeQuery()) {
                if (!taken.next()) {
                    throw new Refused("not enough of " + request.item() + " on stock", "order less, or something else");
                }
                return taken.getLong(1);
            }
        }
    }

    private static void pay(Connection payment, CheckoutRequest request, long cents) throws SQLException {
        try (PreparedStatement debit = payment.prepareStatement("with debited as (update account"
                + " set balance_cents = balance_cents - ? where customer = ? and balance_cents >= ? returning customer)"
                + " insert into payment (order_id, customer, amount_cents) select ?, customer, ? from debited")) {
            debit.setLong(1, cents);
            debit.setString(2, request.customer());
            debit.setLong(3, cents);
            debit.setObject(4, request.orderId());
            debit.setLong(5, cents);
            if (debit.executeUpdate() == 0) {
                throw new Refused(
                        request.customer() + " cannot pay " + cents + " cents", "order less, or as somebody else");
            }
        }
    }
}
