package dev.assent.shop.order;

import dev.assent.rm.jta.AssentTransactions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * The checkout by try, confirm and cancel: inventory and payment hold what they are to give, each in a local transaction that
 * has committed when its answer is there, so that no row stays locked. When the transaction commits they are told to confirm,
 * else to cancel. The order itself is an ordinary branch beside them.
 */
@Service
class TccCheckout {
    private final OtherServices services;
    private final OrderBook orders;
    private final Clicks clicks;
    private final AssentTransactions transactions;
    private final DataSource database;

    TccCheckout(
            OtherServices services,
            OrderBook orders,
            Clicks clicks,
            AssentTransactions transactions,
            DataSource database) {
        this.services = services;
        this.orders = orders;
        this.clicks = clicks;
        this.transactions = transactions;
        this.database = database;
    }

    /** As {@link StrongCheckout#place}; others see meanwhile what is held. */
    @Transactional(timeout = StrongCheckout.TIMEOUT_SECONDS, rollbackFor = Exception.class)
    public CheckoutReply place(CheckoutRequest request, Consumer<String> begun) throws SQLException {
        transactions.token().ifPresent(begun);
        try (Connection connection = database.getConnection()) {
            return clicks.once(connection, request, () -> {
                long amountCents = services.hold(request);
                services.holdMoney(request, amountCents);
                return orders.paid(request, amountCents);
            });
        }
    }
}
