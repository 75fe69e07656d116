package dev.assent.shop.order;

import dev.assent.outbox.status.StatusChange;
import dev.assent.outbox.status.StatusMachine;
import dev.assent.shop.service.EventKind;
import dev.assent.shop.service.OrderEvent;
import dev.assent.shop.service.Problem;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/** Orders: through JPA in global transactions, through JDBC in local ones. */
@Component
class OrderBook {
    private final DataSource database;
    private final StatusMachine status = OrderStatus.machine();

    @PersistenceContext
    private @Nullable EntityManager entities;

    OrderBook(DataSource database) {
        this.database = database;
    }

    private EntityManager entities() {
        return Optional.ofNullable(entities).orElseThrow();
    }

    /** An order whose goods and money are taken in this same global transaction; its event moves it on. */
    CheckoutReply paid(CheckoutRequest request, long amountCents) throws SQLException {
        GoodsOrder order = new GoodsOrder(request, amountCents);
        entities().persist(order);
        entities().flush();
        append(EventKind.ORDER_PAID, order.event());
        return CheckoutReply.committed(request.orderId(), OrderStatus.CREATED);
    }

    /** Locked until the global transaction ends. */
    GoodsOrder locked(UUID id) {
        return Optional.ofNullable(entities().find(GoodsOrder.class, id, LockModeType.PESSIMISTIC_WRITE))
                .orElseThrow(() -> missing(id));
    }

    /** What Hibernate has to write, and the event, in the transaction of this thread. */
    void append(EventKind kind, OrderEvent event) throws SQLException {
        entities().flush();
        try (Connection connection = database.getConnection()) {
            event.append(connection, kind);
        }
    }

    /**
     * An order whose goods and money have yet to be taken.
     *
     * @throws Problem there is one of that id, though it came to nothing: what is taken for it would not make it paid
     */
    void placed(Connection connection, CheckoutRequest request) throws SQLException {
        if (!insert(connection, request, OrderStatus.CREATED, Optional.empty())) {
            throw new Problem(
                    HttpStatus.CONFLICT, "there is an order " + request.orderId() + " already", "take a new orderId");
        }
    }

    /** For the customer to see: a checkout that came to nothing. */
    void failed(Connection connection, CheckoutRequest request, String reason) throws SQLException {
        boolean unused = insert(connection, request, OrderStatus.PAYMENT_FAILED, Optional.of(reason)); // or is known
    }

    private static boolean insert(
            Connection connection, CheckoutRequest request, OrderStatus status, Optional<String> reason)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into goods_order (id, customer, item, quantity, amount_cents, status, reason, flow)"
                        + " values (?, ?, ?, ?, 0, ?, ?, ?) on conflict (id) do nothing")) {
            insert.setObject(1, request.orderId());
            insert.setString(2, request.customer());
            insert.setString(3, request.item());
            insert.setInt(4, request.quantity());
            insert.setInt(5, status.code());
            insert.setString(6, reason.orElse(null));
            insert.setString(7, request.flow().word());
            return insert.executeUpdate() == 1;
        }
    }

    /** An order that was taken, and comes to nothing; no other one. */
    void fail(Connection connection, UUID id, String why) throws SQLException {
        if (status.apply(connection, id, OrderStatus.PAYMENT_FAILED.code()) == StatusChange.APPLIED) {
            reason(connection, id, why);
        }
    }

    /** An order of which was told that it is paid, and that comes to nothing all the same; whether it has become paid or not. */
    void untold(Connection connection, UUID id, String why) throws SQLException {
        fail(connection, id, why);
        StatusChange unused = status.apply(connection, id, OrderStatus.REFUNDED.code());
    }

    /** Why an order came to nothing. */
    void reason(Connection connection, UUID id, String why) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("update goods_order set reason = ? where id = ? and status in (98, 99)")) {
            update.setString(1, why);
            update.setObject(2, id);
            update.executeUpdate();
        }
    }

    /** What an order that was taken costs, when it is known; whether it is still there to be paid. */
    boolean price(Connection connection, UUID id, long cents) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("update goods_order set amount_cents = ? where id = ? and status = ?")) {
            update.setLong(1, cents);
            update.setObject(2, id);
            update.setInt(3, OrderStatus.CREATED.code());
            return update.executeUpdate() == 1;
        }
    }

    List<OrderView> latest(int limit) {
        return entities()
                .createQuery("select o from GoodsOrder o order by o.createdAt desc", GoodsOrder.class)
                .setMaxResults(limit)
                .getResultStream()
                .map(GoodsOrder::view)
                .toList();
    }

    OrderView view(UUID id) {
        return Optional.ofNullable(entities().find(GoodsOrder.class, id))
                .orElseThrow(() -> missing(id))
                .view();
    }

    static Problem missing(UUID id) {
        return new Problem(HttpStatus.NOT_FOUND, "there is no order " + id, "GET /orders lists the latest ones");
    }
}
