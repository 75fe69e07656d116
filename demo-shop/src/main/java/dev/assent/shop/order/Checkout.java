package dev.assent.shop.order;

import dev.assent.outbox.jdbc.Outbox;
import dev.assent.outbox.model.Body;
import dev.assent.outbox.model.EventAttributes;
import dev.assent.outbox.model.OutboxMessage;
import dev.assent.rm.jta.AssentTransactions;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The checkout: one transaction over three services, three databases and the outbox. */
@Service
class Checkout {
    static final String TOPIC = "orders";
    static final String SOURCE = "/shop/order";
    static final String ORDER_PAID = "dev.assent.shop.OrderPaid";
    private static final int TIMEOUT_SECONDS = 30;

    private final OtherServices services;
    private final AssentTransactions transactions;
    private final DataSource database;
    private final Outbox outbox = new Outbox();

    @PersistenceContext
    private @Nullable EntityManager orders;

    Checkout(OtherServices services, AssentTransactions transactions, DataSource database) {
        this.services = services;
        this.transactions = transactions;
        this.database = database;
    }

    /**
     * Reserves, pays and orders, all or nothing.
     *
     * @param begun hears the transaction's token, to ask with should the answer be lost
     * @throws Refused no stock or no money; everything is rolled back
     */
    @Transactional(timeout = TIMEOUT_SECONDS)
    public void place(CheckoutRequest request, Consumer<String> begun) throws SQLException {
        transactions.token().ifPresent(begun);
        long amountCents = services.reserve(request);
        services.pay(request, amountCents);
        EntityManager entities = Optional.ofNullable(orders).orElseThrow();
        entities.persist(new GoodsOrder(request, amountCents));
        entities.flush();
        try (Connection connection = database.getConnection()) {
            outbox.append(connection, orderPaid(request));
        }
    }

    private static OutboxMessage orderPaid(CheckoutRequest request) {
        String orderId = request.orderId().toString();
        return OutboxMessage.of(
                TOPIC,
                orderId,
                EventAttributes.json(request.orderId(), SOURCE, ORDER_PAID).withSubject(orderId),
                Body.utf8("{\"orderId\":\"" + orderId + "\"}"));
    }
}
