package dev.assent.shop.order;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.shop.service.EventKind;
import dev.assent.shop.service.Problem;
import java.sql.SQLException;
import java.util.UUID;
import java.util.function.Consumer;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** A paid order undone, whichever flow made it: money, goods, status and event in one transaction over three services. */
@Service
class Refund {
    private final OtherServices services;
    private final OrderBook orders;
    private final AssentTransactions transactions;

    Refund(OtherServices services, OrderBook orders, AssentTransactions transactions) {
        this.services = services;
        this.orders = orders;
        this.transactions = transactions;
    }

    /**
     * Once, however often it is asked for: the order's row is locked until all is done.
     *
     * @param begun hears the transaction's token
     */
    @Transactional(timeout = StrongCheckout.TIMEOUT_SECONDS, rollbackFor = Exception.class)
    public CheckoutReply order(UUID id, Consumer<String> begun) throws SQLException {
        transactions.token().ifPresent(begun);
        GoodsOrder order = orders.locked(id);
        CheckoutReply reply = CheckoutReply.committed(id, OrderStatus.REFUNDED);
        if (order.status() == OrderStatus.REFUNDED) {
            return reply.again();
        }
        if (!order.status().next().contains(OrderStatus.REFUNDED)) {
            throw new Problem(
                    HttpStatus.CONFLICT,
                    "the order is " + order.status().word(),
                    order.status() == OrderStatus.CREATED
                            ? "ask again when it is paid"
                            : "there is nothing to give back");
        }
        services.takeBack(id); // goods before money, as checkouts lock them: no two can wait for each other
        services.payBack(id);
        order.refunded();
        orders.append(EventKind.ORDER_REFUNDED, order.event());
        return reply;
    }
}
