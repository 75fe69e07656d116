package dev.assent.coordination.zab;

import static dev.assent.coordination.zab.PeerScript.E1;
import static dev.assent.coordination.zab.PeerScript.E2;
import static dev.assent.coordination.zab.PeerScript.txn;
import static dev.assent.coordination.zab.PeerScript.zxid;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Zxid;
import dev.assent.invariants.Invariants;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HistoryTest {
    private static final ZabConfig.Limits THREE_ENTRIES = new ZabConfig.Limits(3, 1 << 20, 2, 10, 1, 1, 9);

    private static History of(int count) {
        History history = new History(Zxid.ZERO);
        for (int counter = 1; counter <= count; counter++) {
            history.append(counter, zxid(E1, counter), txn("t" + counter));
        }
        return history;
    }

    private static void deliverAll(History history) {
        while (history.deliveredEnd() < history.end()) {
            history.deliverNext();
        }
    }

    @Test
    void only_the_next_one_or_the_first_of_a_later_epoch_follows() {
        assertThat(History.follows(zxid(E1, 4), zxid(E1, 5))).isTrue();
        assertThat(History.follows(zxid(E1, 4), zxid(E2, 1))).isTrue();
        assertThat(History.follows(zxid(E1, 4), zxid(E1, 4))).isFalse();
        assertThat(History.follows(zxid(E1, 4), zxid(E1, 6))).isFalse();
        assertThat(History.follows(zxid(E1, 4), zxid(E2, 2))).isFalse();
        assertThat(History.follows(zxid(E2, 4), zxid(E1, 5))).isFalse();
    }

    @Test
    void old_entries_go_once_they_are_delivered_and_durable_and_not_before() {
        History history = of(10);
        history.prune(THREE_ENTRIES, Long.MAX_VALUE);
        assertThat(history.base()).isEqualTo(Zxid.ZERO);

        deliverAll(history);
        history.prune(THREE_ENTRIES, Long.MAX_VALUE);
        assertThat(history.base()).isEqualTo(Zxid.ZERO);

        history.written(10);
        history.prune(THREE_ENTRIES, Long.MAX_VALUE);
        assertThat(history.base()).isEqualTo(zxid(E1, 7));
        assertThat(history.floor(zxid(E1, 6))).isEqualTo(History.NOT_HELD);
        assertThat(history.contains(zxid(E1, 7))).isTrue();
        history.invariants();
    }

    @Test
    void a_pin_keeps_entries_beyond_the_limit_but_not_without_end() {
        History history = of(10);
        deliverAll(history);
        history.written(10);

        history.prune(THREE_ENTRIES, 3);
        assertThat(history.base()).isEqualTo(zxid(E1, 2));

        for (int counter = 11; counter <= 40; counter++) {
            history.append(counter, zxid(E1, counter), txn("more"));
        }
        deliverAll(history);
        history.written(40);
        history.prune(THREE_ENTRIES, 3);
        assertThat(history.base()).isEqualTo(zxid(E1, 28));
    }

    @Test
    void delivered_transactions_are_never_truncated() {
        History history = of(3);
        history.deliverNext();
        history.deliverNext();

        assertThatThrownBy(() -> history.truncateAfter(zxid(E1, 1)))
                .isInstanceOf(Invariants.Violation.class)
                .hasMessageContaining("delivered");
    }

    @Test
    void batches_keep_to_the_limits_but_one_large_transaction_travels_alone() {
        History history = new History(Zxid.ZERO);
        history.append(1, zxid(E1, 1), txn("1234"));
        history.append(2, zxid(E1, 2), txn("1234"));
        history.append(3, zxid(E1, 3), txn("1234"));
        history.append(4, zxid(E1, 4), Payload.wrap(new byte[99]));

        assertThat(history.batch(1, 5, THREE_ENTRIES)).hasSize(2);
        assertThat(history.batch(3, 5, THREE_ENTRIES)).hasSize(1);
        assertThat(history.batch(4, 5, THREE_ENTRIES)).hasSize(1);
    }

    /** Against a plain list, over random appends, truncations, deliveries, flushes and prunings. */
    @Test
    void it_behaves_like_a_list() {
        SplittableRandom random = new SplittableRandom(42);
        for (int run = 0; run < 50; run++) {
            runAgainstList(random);
        }
    }

    private static void runAgainstList(SplittableRandom random) {
        History history = new History(Zxid.ZERO);
        List<Zxid> list = new ArrayList<>(List.of(Zxid.ZERO));
        long token = 0;
        for (int step = 0; step < 500; step++) {
            int choice = random.nextInt(10);
            Zxid last = list.get(list.size() - 1);
            if (choice < 6) {
                Zxid next = random.nextInt(20) == 0 ? Zxid.of(last.epoch().next(), 1) : last.next();
                history.append(++token, next, txn("x"));
                list.add(next);
            } else if (choice == 6) {
                history.written(random.nextLong(token + 1));
            } else if (choice == 7 && history.deliveredEnd() < history.end()) {
                history.deliverNext();
            } else if (choice == 8) {
                history.prune(THREE_ENTRIES, random.nextInt(2) == 0 ? Long.MAX_VALUE : history.end() / 2);
            } else {
                long keep = random.nextLong(history.deliveredEnd() - 1, history.end());
                Zxid lastKept = history.zxidAt(keep);
                history.truncateAfter(lastKept);
                list.removeIf(zxid -> zxid.isAfter(lastKept));
            }
            history.invariants();
            assertThat(history.last()).isEqualTo(list.get(list.size() - 1));
            Zxid any = list.get(random.nextInt(list.size()));
            assertThat(history.contains(any)).isEqualTo(!history.base().isAfter(any));
        }
    }
}
