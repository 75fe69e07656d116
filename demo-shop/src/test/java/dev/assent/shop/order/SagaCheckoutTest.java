package dev.assent.shop.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.outbox.status.StatusChange;
import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import dev.assent.saga.api.SagaDefinition;
import dev.assent.saga.api.StepContext;
import dev.assent.saga.api.StepRefusedException;
import dev.assent.saga.model.CallKey;
import dev.assent.saga.model.Direction;
import dev.assent.saga.model.SagaId;
import dev.assent.shop.service.Instances;
import java.net.http.HttpClient;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.json.JsonMapper;

/** The steps of the checkout that the order service does itself, in a database of its own, done and undone as an executor does. */
@ExtendWith(PostgresExtension.class)
final class SagaCheckoutTest {
    private final CheckoutRequest request = OrderDatabase.request(Flow.SAGA);
    private final Database database;
    private final OrderBook orders;
    private final SagaDefinition<CheckoutRequest> saga;

    SagaCheckoutTest(PostgresServer server) throws SQLException {
        database = OrderDatabase.in(server);
        orders = new OrderBook(database.plain());
        SagaCalls unused = new SagaCalls(
                HttpClient.newHttpClient(), JsonMapper.shared(), new Instances("inventory"), new Instances("payment"));
        saga = new SagaCheckout(database.plain(), orders, unused).definition();
    }

    private void act(String step) throws Exception {
        String result = saga.action(step).run(context(step, Direction.ACTION));
        assertThat(result).isEmpty();
    }

    private void undo(String step) throws Exception {
        saga.compensation(step).orElseThrow().run(context(step, Direction.COMPENSATION));
    }

    private StepContext<CheckoutRequest> context(String step, Direction direction) {
        CallKey key = new CallKey(new SagaId(request.orderId().toString()), step, direction);
        return new StepContext<>(request, key, 1, Duration.ofSeconds(5), Map.of("reserve", "300"));
    }

    private List<String> told() throws SQLException {
        return database.strings("select type from assent_outbox order by seq");
    }

    private OrderStatus status() throws SQLException {
        return OrderStatus.of((int) database.number("select status from goods_order"));
    }

    private StatusChange paid() throws SQLException {
        try (Connection connection = database.plain().getConnection()) {
            return OrderStatus.machine().apply(connection, request.orderId(), OrderStatus.PAID.code());
        }
    }

    @Test
    void every_step_can_be_undone() {
        assertThat(List.of("order", "reserve", "pay", "tell"))
                .allSatisfy(step -> assertThat(saga.compensation(step)).isPresent());
    }

    @Test
    void an_order_of_which_was_told_that_it_is_paid_never_becomes_so_when_its_saga_turns_back() throws Exception {
        act("order");
        act("tell");

        undo("tell");

        assertThat(told()).containsExactly("dev.assent.shop.OrderPaid", "dev.assent.shop.OrderRefunded");
        assertThat(paid()).as("the news that was told comes late").isNotEqualTo(StatusChange.APPLIED);
        undo("order");
        assertThat(status()).isEqualTo(OrderStatus.PAYMENT_FAILED);
    }

    @Test
    void one_that_is_paid_by_then_is_refunded() throws Exception {
        act("order");
        act("tell");
        assertThat(paid()).isEqualTo(StatusChange.APPLIED);

        undo("tell");

        assertThat(status()).isEqualTo(OrderStatus.REFUNDED);
        assertThat(told()).endsWith("dev.assent.shop.OrderRefunded");
    }

    @Test
    void of_an_order_of_which_was_not_told_nobody_hears_that_it_is_refunded() throws Exception {
        act("order");

        undo("tell");
        undo("order");

        assertThat(told()).isEmpty();
        assertThat(status()).isEqualTo(OrderStatus.PAYMENT_FAILED);
    }

    @Test
    void an_order_that_came_to_nothing_is_not_taken_again() throws Exception {
        try (Connection connection = database.plain().getConnection()) {
            orders.failed(connection, request, "no money");
        }

        assertThatThrownBy(() -> act("order"))
                .isInstanceOf(StepRefusedException.class)
                .hasMessageContaining("there is an order " + request.orderId() + " already");
        assertThat(status()).isEqualTo(OrderStatus.PAYMENT_FAILED);
    }
}
