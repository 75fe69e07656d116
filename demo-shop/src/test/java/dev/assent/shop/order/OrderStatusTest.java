package dev.assent.shop.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OrderStatusTest {

    @Test
    void a_status_that_was_left_never_comes_back() {
        for (OrderStatus from : OrderStatus.values()) {
            assertThat(from.next()).as("after %s", from).allSatisfy(to -> assertThat(to.code())
                    .isGreaterThan(from.code()));
        }
    }

    @Test
    void only_what_is_paid_is_refunded_and_only_what_is_not_is_cancelled() {
        assertThat(before(OrderStatus.REFUNDED)).containsExactly(OrderStatus.PAID);
        assertThat(before(OrderStatus.CANCELLED)).containsExactly(OrderStatus.CREATED);
        assertThat(before(OrderStatus.PAYMENT_FAILED)).containsExactly(OrderStatus.CREATED);
    }

    @Test
    void every_status_is_known_again_by_its_number_and_no_other_number_is() {
        for (OrderStatus status : OrderStatus.values()) {
            assertThat(OrderStatus.of(status.code())).isEqualTo(status);
        }
        assertThatThrownBy(() -> OrderStatus.of(1)).hasMessageContaining("start the one that wrote it");
    }

    private static Set<OrderStatus> before(OrderStatus status) {
        return Set.copyOf(Arrays.stream(OrderStatus.values())
                .filter(from -> from.next().contains(status))
                .toList());
    }
}
