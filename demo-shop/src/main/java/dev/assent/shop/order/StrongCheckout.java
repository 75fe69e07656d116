package dev.assent.shop.order;

import dev.assent.rm.jta.AssentTransactions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The strong checkout: one transaction over three services, three databases and the outbox. */
@Service
class StrongCheckout {
    static final int TIMEOUT_SECONDS = 30;

    private final OtherServices services;
    private final OrderBook orders;
    private final Clicks clicks;
    private final AssentTransactions transactions;
    private final DataSource database;

    StrongCheckout(
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

    /**
     * Reserves, pays and orders, all or nothing.
     *
     * @param begun hears the transaction's token, to ask with should the answer be lost
     * @throws Refused no stock or no money; everything is rolled back
     */
    @Transactional(timeout = TIMEOUT_SECONDS, rollbackFor = Exception.class)
    public CheckoutReply place(CheckoutRequest request, Consumer<String> begun) throws SQLException {
        transactions.token().ifPresent(begun);
        try (Connection connection = database.getConnection()) {
            return clicks.once(connection, request, () -> {
                long amountCents = services.reserve(request);
                services.pay(request, amountCents);
                return orders.paid(request, amountCents);
            });
        }
    }
}
