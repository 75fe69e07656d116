package dev.assent.shop.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.shop.order.OrderStatus;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class PromisesTest {
    private final UUID order = new UUID(1, 2);
    private final Promises promises = new Promises();

    @ParameterizedTest
    @CsvSource({
        "strong, COMMITTED, PAID",
        "strong, ROLLED_BACK, PAYMENT_FAILED",
        "strong, ROLLED_BACK,",
        "saga, UNKNOWN, PAID",
        "tcc, UNKNOWN,",
        "eventual, COMMITTED, PAID",
        "eventual, COMMITTED, PAYMENT_FAILED",
        "eventual, COMMITTED, CANCELLED"
    })
    void an_order_that_is_as_it_was_told(String flow, Heard heard, @Nullable OrderStatus status) {
        promises.bought(order, flow, heard);
        assertThat(promises.broken(statuses(status))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "strong, COMMITTED, , there is none",
        "strong, COMMITTED, PAYMENT_FAILED, told 'committed'",
        "eventual, COMMITTED, , there is none",
        "tcc, ROLLED_BACK, PAID, told 'rolled back'",
        "saga, UNKNOWN, CREATED, still neither",
        "strong, COMMITTED, REFUNDED, nobody was told",
        "saga, UNKNOWN, CANCELLED, nobody was told",
    })
    void an_order_that_is_not(String flow, Heard heard, @Nullable OrderStatus status, String told) {
        promises.bought(order, flow, heard);
        assertThat(promises.broken(statuses(status))).singleElement().asString().contains(told);
    }

    @ParameterizedTest
    @EnumSource(names = {"COMMITTED", "UNKNOWN"})
    void a_refund_that_may_have_been(Heard heard) {
        promises.bought(order, "strong", Heard.COMMITTED);
        promises.undone(order, heard);
        assertThat(promises.broken(statuses(OrderStatus.REFUNDED))).isEmpty();
    }

    @Test
    void a_refund_that_was_told_and_never_came() {
        promises.bought(order, "strong", Heard.COMMITTED);
        promises.undone(order, Heard.COMMITTED);
        assertThat(promises.broken(statuses(OrderStatus.PAID)))
                .singleElement()
                .asString()
                .contains("told that it is undone");
    }

    @Test
    void a_refund_that_was_refused_and_came() {
        promises.bought(order, "strong", Heard.COMMITTED);
        promises.undone(order, Heard.ROLLED_BACK);
        assertThat(promises.broken(statuses(OrderStatus.REFUNDED)))
                .singleElement()
                .asString()
                .contains("nobody was told");
    }

    @Test
    void an_order_that_nobody_asked_for() {
        assertThat(promises.broken(statuses(OrderStatus.PAID)))
                .singleElement()
                .asString()
                .contains("never asked for");
    }

    @Test
    void wrong_orders_are_named_some_of_them() {
        Map<UUID, OrderStatus> statuses = new HashMap<>();
        for (int number = 0; number < 30; number++) {
            statuses.put(new UUID(7, number), OrderStatus.PAID);
        }
        assertThat(promises.broken(statuses)).last().asString().isEqualTo("and 10 more");
    }

    private Map<UUID, OrderStatus> statuses(@Nullable OrderStatus status) {
        return status == null ? Map.of() : Map.of(order, status);
    }
}
