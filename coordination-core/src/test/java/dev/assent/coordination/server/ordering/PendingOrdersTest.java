package dev.assent.coordination.server.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.server.ordering.ServerMessage.ForwardedOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a server keeps of its clients' orders, and how much of that the leader is asked at once. */
final class PendingOrdersTest {
    private final PendingOrders pending = new PendingOrders(1_000, new PendingOrderLimits(10, 5_000, 100, 20_000));
    private final PostedClient client = new PostedClient();

    private void enter(int count, Order order, int bytes) {
        for (int i = 0; i < count; i++) {
            pending.enter(new Submission(client, i, order, bytes));
        }
    }

    @Test
    void the_leader_is_asked_no_more_at_once_than_the_limit_and_the_rest_in_its_turn() {
        enter(25, new Order.CatchUp(), 1);

        List<ForwardedOrder> first = pending.forward();
        assertThat(first).hasSize(10);
        assertThat(pending.forward()).isEmpty();
        assertThat(pending.settle(first.get(0).request()))
                .hasValueSatisfying(one -> assertThat(one.ticket()).isEqualTo(0));
        List<ForwardedOrder> second = pending.forward();
        assertThat(second).hasSize(1);
        assertThat(pending.settle(second.get(0).request()))
                .hasValueSatisfying(one -> assertThat(one.ticket()).isEqualTo(10));
    }

    @Test
    void bytes_count_too_but_one_order_always_goes() {
        enter(3, new Order.CatchUp(), 100_000);

        List<ForwardedOrder> first = pending.forward();
        assertThat(first).hasSize(1);
        pending.settle(first.get(0).request());
        assertThat(pending.forward()).hasSize(1);
    }

    @Test
    void who_opens_a_session_waits_for_nobody() {
        enter(25, new Order.CatchUp(), 1);
        pending.forward();
        enter(1, new Order.Open(4_000), 0);

        assertThat(pending.forward()).extracting(ForwardedOrder::order).containsExactly(new Order.Open(4_000));
    }

    @Test
    void nothing_that_was_not_asked_is_kept_for_a_connection_that_is_gone() {
        enter(25, new Order.CatchUp(), 7);
        List<ForwardedOrder> asked = pending.forward();
        client.disconnect();

        pending.dropDisconnected();

        assertThat(pending.size()).isEqualTo(10);
        assertThat(pending.bytes()).isEqualTo(70);
        pending.dropAllDisconnected();
        assertThat(pending.size()).isZero();
        assertThat(pending.bytes()).isZero();
        assertThat(pending.settle(asked.get(0).request())).isEmpty();
        assertThat(pending.forwardAnew()).isEmpty();
    }

    private void enterOne(int ticket, Order order) {
        pending.enter(new Submission(client, ticket, order, 1));
    }

    /** What the next leader is asked, and what this one is asked yet. */
    private List<Long> kept() {
        return Stream.concat(pending.forwardAnew().stream(), pending.forward().stream())
                .map(ForwardedOrder::request)
                .toList();
    }

    @Test
    void what_comes_behind_an_order_that_was_dropped_is_dropped_as_well() {
        enterOne(1, new Order.CatchUp());
        client.disconnect();
        pending.dropDisconnected();

        enterOne(2, new Order.CatchUp());

        assertThat(pending.size()).isZero();
        assertThat(kept()).isEmpty();
    }

    @Test
    void what_comes_behind_an_order_that_the_next_leader_is_not_asked_is_dropped_as_well() {
        enterOne(1, new Order.CatchUp());
        pending.forward();
        client.disconnect();
        pending.dropAllDisconnected();

        enterOne(2, new Order.CatchUp());

        assertThat(kept()).isEmpty();
    }

    @Test
    void what_comes_behind_an_order_that_was_cleared_away_is_dropped() {
        enterOne(1, new Order.CatchUp());
        pending.clear();

        enterOne(2, new Order.CatchUp());

        assertThat(kept()).isEmpty();
    }

    @Test
    void who_goes_while_the_orders_are_tidied_up_keeps_no_order_behind_one_that_was_dropped() {
        for (int looks = 0; looks <= 4; looks++) {
            PendingOrders tidied = new PendingOrders(0, new PendingOrderLimits(2, 5_000, 100, 20_000));
            PostedClient going = new PostedClient();
            for (int i = 1; i <= 4; i++) {
                tidied.enter(new Submission(going, i, new Order.CatchUp(), 1));
            }
            tidied.forward();
            going.disconnectAfter(looks);

            tidied.dropAllDisconnected();

            List<Object> left = new ArrayList<>();
            Stream.of(1L, 2L).forEach(asked -> tidied.settle(asked).ifPresent(one -> left.add(one.ticket())));
            tidied.forward()
                    .forEach(forwarded -> left.add(
                            tidied.settle(forwarded.request()).orElseThrow().ticket()));
            assertThat(left)
                    .as("gone after %d looks", looks)
                    .isEqualTo(List.of(1, 2, 3, 4).subList(0, left.size()));
        }
    }

    @Test
    void who_closes_its_session_need_not_wait_for_that() {
        Order close = new Order.CloseSession(new Order.Sender(new SessionId(7), 0, 3));
        enterOne(1, new Order.CatchUp());
        enterOne(2, close);
        client.disconnect();

        pending.dropDisconnected();
        assertThat(pending.forward()).extracting(ForwardedOrder::order).containsExactly(close);
        pending.dropAllDisconnected();

        assertThat(pending.forwardAnew()).extracting(ForwardedOrder::order).containsExactly(close);
    }

    @Test
    void a_session_is_closed_by_who_comes_behind_a_dropped_order_since_it_would_end_anyway() {
        Order close = new Order.CloseSession(new Order.Sender(new SessionId(7), 0, 3));
        enterOne(1, new Order.CatchUp());
        client.disconnect();
        pending.dropDisconnected();

        enterOne(2, close);

        assertThat(pending.forward()).extracting(ForwardedOrder::order).containsExactly(close);
    }

    @Test
    void of_the_ends_of_one_session_whose_clients_are_gone_the_last_is_kept() {
        for (int tenure = 1; tenure <= 3; tenure++) {
            PostedClient gone = new PostedClient();
            gone.disconnect();
            Order close = new Order.CloseSession(new Order.Sender(new SessionId(7), tenure, 3));
            pending.enter(new Submission(gone, 1, close, 1));
        }

        pending.dropDisconnected();

        assertThat(pending.forward())
                .extracting(ForwardedOrder::order)
                .containsExactly(new Order.CloseSession(new Order.Sender(new SessionId(7), 3, 3)));
    }

    @Test
    void it_is_crowded_from_its_limit_on_until_half_is_left() {
        enter(99, new Order.CatchUp(), 1);
        assertThat(pending.isCrowded()).isFalse();
        enter(1, new Order.CatchUp(), 1);
        assertThat(pending.isCrowded()).isTrue();

        settle(49);
        assertThat(pending.isCrowded()).isTrue();
        settle(2);
        assertThat(pending.isCrowded()).isFalse();
        enter(2, new Order.CatchUp(), 10_000);
        assertThat(pending.isCrowded()).isTrue();
    }

    private void settle(int count) {
        for (int settled = 0; settled < count; ) {
            for (ForwardedOrder forwarded : pending.forward()) {
                pending.settle(forwarded.request());
                settled++;
            }
            for (ForwardedOrder forwarded : pending.forwardAnew()) {
                if (settled < count) {
                    pending.settle(forwarded.request());
                    settled++;
                }
            }
        }
    }
}
