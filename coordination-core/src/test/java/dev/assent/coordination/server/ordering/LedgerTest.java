package dev.assent.coordination.server.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.server.ordering.ServerMessage.ForwardedOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a server keeps of its clients' orders, and how much of that the leader is asked at once. */
final class LedgerTest {
    private final Ledger ledger = new Ledger(1_000, new LedgerLimits(10, 5_000, 100, 20_000));
    private final PostedClient client = new PostedClient();

    private void enter(int count, Order order, int bytes) {
        for (int i = 0; i < count; i++) {
            ledger.enter(new Submission(client, i, order, bytes));
        }
    }

    @Test
    void the_leader_is_asked_no_more_at_once_than_the_limit_and_the_rest_in_its_turn() {
        enter(25, new Order.CatchUp(), 1);

        List<ForwardedOrder> first = ledger.forward();
        assertThat(first).hasSize(10);
        assertThat(ledger.forward()).isEmpty();
        assertThat(ledger.settle(first.get(0).request()))
                .hasValueSatisfying(one -> assertThat(one.ticket()).isEqualTo(0));
        List<ForwardedOrder> second = ledger.forward();
        assertThat(second).hasSize(1);
        assertThat(ledger.settle(second.get(0).request()))
                .hasValueSatisfying(one -> assertThat(one.ticket()).isEqualTo(10));
    }

    @Test
    void bytes_count_too_but_one_order_always_goes() {
        enter(3, new Order.CatchUp(), 100_000);

        List<ForwardedOrder> first = ledger.forward();
        assertThat(first).hasSize(1);
        ledger.settle(first.get(0).request());
        assertThat(ledger.forward()).hasSize(1);
    }

    @Test
    void who_opens_a_session_waits_for_nobody() {
        enter(25, new Order.CatchUp(), 1);
        ledger.forward();
        enter(1, new Order.Open(4_000), 0);

        assertThat(ledger.forward()).extracting(ForwardedOrder::order).containsExactly(new Order.Open(4_000));
    }

    @Test
    void nothing_that_was_not_asked_is_kept_for_a_connection_that_is_gone() {
        enter(25, new Order.CatchUp(), 7);
        List<ForwardedOrder> asked = ledger.forward();
        client.disconnect();

        ledger.dropDisconnected();

        assertThat(ledger.size()).isEqualTo(10);
        assertThat(ledger.bytes()).isEqualTo(70);
        ledger.dropAllDisconnected();
        assertThat(ledger.size()).isZero();
        assertThat(ledger.bytes()).isZero();
        assertThat(ledger.settle(asked.get(0).request())).isEmpty();
        assertThat(ledger.forwardAnew()).isEmpty();
    }

    private void enterOne(int ticket, Order order) {
        ledger.enter(new Submission(client, ticket, order, 1));
    }

    /** What the next leader is asked, and what this one is asked yet. */
    private List<Long> kept() {
        return Stream.concat(ledger.forwardAnew().stream(), ledger.forward().stream())
                .map(ForwardedOrder::request)
                .toList();
    }

    @Test
    void what_comes_behind_an_order_that_was_dropped_is_dropped_as_well() {
        enterOne(1, new Order.CatchUp());
        client.disconnect();
        ledger.dropDisconnected();

        enterOne(2, new Order.CatchUp());

        assertThat(ledger.size()).isZero();
        assertThat(kept()).isEmpty();
    }

    @Test
    void what_comes_behind_an_order_that_the_next_leader_is_not_asked_is_dropped_as_well() {
        enterOne(1, new Order.CatchUp());
        ledger.forward();
        client.disconnect();
        ledger.dropAllDisconnected();

        enterOne(2, new Order.CatchUp());

        assertThat(kept()).isEmpty();
    }

    @Test
    void what_comes_behind_an_order_that_was_cleared_away_is_dropped() {
        enterOne(1, new Order.CatchUp());
        ledger.clear();

        enterOne(2, new Order.CatchUp());

        assertThat(kept()).isEmpty();
    }

    @Test
    void who_goes_while_the_ledger_is_tidied_up_keeps_no_order_behind_one_that_was_dropped() {
        for (int looks = 0; looks <= 4; looks++) {
            Ledger tidied = new Ledger(0, new LedgerLimits(2, 5_000, 100, 20_000));
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

        ledger.dropDisconnected();
        assertThat(ledger.forward()).extracting(ForwardedOrder::order).containsExactly(close);
        ledger.dropAllDisconnected();

        assertThat(ledger.forwardAnew()).extracting(ForwardedOrder::order).containsExactly(close);
    }

    @Test
    void a_session_is_closed_by_who_comes_behind_a_dropped_order_since_it_would_end_anyway() {
        Order close = new Order.CloseSession(new Order.Sender(new SessionId(7), 0, 3));
        enterOne(1, new Order.CatchUp());
        client.disconnect();
        ledger.dropDisconnected();

        enterOne(2, close);

        assertThat(ledger.forward()).extracting(ForwardedOrder::order).containsExactly(close);
    }

    @Test
    void of_the_ends_of_one_session_whose_clients_are_gone_the_last_is_kept() {
        for (int tenure = 1; tenure <= 3; tenure++) {
            PostedClient gone = new PostedClient();
            gone.disconnect();
            Order close = new Order.CloseSession(new Order.Sender(new SessionId(7), tenure, 3));
            ledger.enter(new Submission(gone, 1, close, 1));
        }

        ledger.dropDisconnected();

        assertThat(ledger.forward())
                .extracting(ForwardedOrder::order)
                .containsExactly(new Order.CloseSession(new Order.Sender(new SessionId(7), 3, 3)));
    }

    @Test
    void it_is_crowded_from_its_limit_on_until_half_is_left() {
        enter(99, new Order.CatchUp(), 1);
        assertThat(ledger.isCrowded()).isFalse();
        enter(1, new Order.CatchUp(), 1);
        assertThat(ledger.isCrowded()).isTrue();

        settle(49);
        assertThat(ledger.isCrowded()).isTrue();
        settle(2);
        assertThat(ledger.isCrowded()).isFalse();
        enter(2, new Order.CatchUp(), 10_000);
        assertThat(ledger.isCrowded()).isTrue();
    }

    private void settle(int count) {
        for (int settled = 0; settled < count; ) {
            for (ForwardedOrder forwarded : ledger.forward()) {
                ledger.settle(forwarded.request());
                settled++;
            }
            for (ForwardedOrder forwarded : ledger.forwardAnew()) {
                if (settled < count) {
                    ledger.settle(forwarded.request());
                    settled++;
                }
            }
        }
    }
}
