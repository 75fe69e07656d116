package dev.assent.coordination.server.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.server.ordering.ServerMessage.Ask;
import java.util.List;
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

        List<Ask> first = ledger.ask();
        assertThat(first).hasSize(10);
        assertThat(ledger.ask()).isEmpty();
        assertThat(ledger.settle(first.get(0).request()))
                .hasValueSatisfying(one -> assertThat(one.ticket()).isEqualTo(0));
        List<Ask> second = ledger.ask();
        assertThat(second).hasSize(1);
        assertThat(ledger.settle(second.get(0).request()))
                .hasValueSatisfying(one -> assertThat(one.ticket()).isEqualTo(10));
    }

    @Test
    void bytes_count_too_but_one_order_always_goes() {
        enter(3, new Order.CatchUp(), 100_000);

        List<Ask> first = ledger.ask();
        assertThat(first).hasSize(1);
        ledger.settle(first.get(0).request());
        assertThat(ledger.ask()).hasSize(1);
    }

    @Test
    void who_opens_a_session_waits_for_nobody() {
        enter(25, new Order.CatchUp(), 1);
        ledger.ask();
        enter(1, new Order.Open(4_000), 0);

        assertThat(ledger.ask()).extracting(Ask::order).containsExactly(new Order.Open(4_000));
    }

    @Test
    void nothing_that_was_not_asked_is_kept_for_a_connection_that_is_gone() {
        enter(25, new Order.CatchUp(), 7);
        List<Ask> asked = ledger.ask();
        client.disconnect();

        ledger.dropDisconnected();

        assertThat(ledger.size()).isEqualTo(10);
        assertThat(ledger.bytes()).isEqualTo(70);
        ledger.dropAllDisconnected();
        assertThat(ledger.size()).isZero();
        assertThat(ledger.bytes()).isZero();
        assertThat(ledger.settle(asked.get(0).request())).isEmpty();
        assertThat(ledger.askAnew()).isEmpty();
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
            for (Ask ask : ledger.ask()) {
                ledger.settle(ask.request());
                settled++;
            }
            for (Ask ask : ledger.askAnew()) {
                if (settled < count) {
                    ledger.settle(ask.request());
                    settled++;
                }
            }
        }
    }
}
