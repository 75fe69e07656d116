package dev.assent.coordination.server.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.SessionPassword;
import dev.assent.coordination.model.WriteOp;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.quorum.Majority;
import dev.assent.coordination.replica.ReplicaLoop;
import dev.assent.coordination.server.ordering.ServerMessage.Forwarded;
import dev.assent.coordination.server.ordering.ServerMessage.ForwardedOrder;
import dev.assent.coordination.tree.DataTree;
import dev.assent.coordination.tree.Txn;
import dev.assent.coordination.zab.Role;
import dev.assent.time.Clock;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A leader meets its own transactions again; their bytes are made unreadable to see whether it reads them. */
class OwnTransactionsTest {
    private static final ServerId SELF = new ServerId(1);

    private final Deque<Payload> proposed = new ArrayDeque<>();
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final Deque<ServerId> hurried = new ArrayDeque<>();
    private final OrderedStore store = new OrderedStore(
            setting(), PendingOrderLimits.ofBytes(1 << 20), loop(), new NoEdge(), watched(), view -> {});
    private Zxid last = Zxid.startOf(new Epoch(1));

    private static OrderingConfig setting() {
        Clock clock = new Clock() {
            @Override
            public long monotonicMillis() {
                return 1_000;
            }

            @Override
            public long epochMillis() {
                return 1_000;
            }
        };
        return new OrderingConfig(
                SELF,
                100,
                10,
                new Majority(List.of(SELF)),
                clock,
                () -> new SessionPassword(new byte[SessionPassword.SIZE]),
                0);
    }

    private static WatchedTree watched() {
        return new WatchedTree(DataTree.initial(), 10);
    }

    private ReplicaLoop loop() {
        return new ReplicaLoop() {
            @Override
            public void propose(Payload txn) {
                proposed.add(txn);
            }

            @Override
            public boolean hasRoom() {
                return true;
            }

            @Override
            public void send(ServerId to, Payload message) {
                throw new IllegalStateException("there is nobody else: " + to);
            }

            @Override
            public void hurry(ServerId member) {
                hurried.add(member);
            }

            @Override
            public void execute(Runnable task) {
                tasks.add(task);
            }
        };
    }

    private void lead(int epoch) {
        store.roleChanged(Role.LEADING, new Epoch(epoch), Optional.of(SELF), true);
    }

    private Payload proposeOpening() {
        return proposeOpeningFrom(SELF);
    }

    private Payload proposeOpeningFrom(ServerId server) {
        store.received(
                server,
                ServerMessageCodec.encode(new Forwarded(List.of(new ForwardedOrder(7, new Order.Open(4_000))))));
        return proposed.remove();
    }

    private static void makeUnreadable(Payload payload) {
        Arrays.fill(payload.array(), (byte) 0x7f);
    }

    private void commit(Payload txn) {
        last = last.next();
        store.committed(last, txn);
    }

    @Test
    void who_leads_applies_its_own_transactions_without_reading_them_again() {
        lead(1);
        Payload first = proposeOpening();
        Payload second = proposeOpening();
        makeUnreadable(first);
        makeUnreadable(second);

        commit(first);
        commit(second);

        assertThat(store.tree().sessionCount()).isEqualTo(2);
    }

    /** Whatever encodes and decodes again makes copies. */
    @Test
    void what_a_client_of_the_leader_sent_gets_into_its_tree_as_the_very_same_bytes() {
        lead(1);
        commit(proposeOpening());
        SessionId session = store.tree().sessions().iterator().next().id();
        byte[] sent = {1, 2, 3};
        WriteOp.SetData write = new WriteOp.SetData("/", Payload.wrap(sent), WriteOp.ANY_VERSION);
        Order order = new Order.Write(new Order.Sender(session, 0, 1), List.of(), write);

        store.submit(List.of(new Submission(new PostedClient(), "ticket", order, 100)));
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
        commit(proposed.remove());

        assertThat(store.tree().find("/").orElseThrow().data())
                .isNotNull()
                .extracting(Payload::array)
                .isSameAs(sent);
    }

    @Test
    void who_leads_hurries_the_word_to_the_server_whose_client_waits() {
        lead(1);
        commit(proposeOpeningFrom(new ServerId(2)));
        commit(proposeOpeningFrom(new ServerId(3)));

        assertThat(hurried).containsExactly(new ServerId(2), new ServerId(3));
    }

    @Test
    void what_another_server_proposed_is_read_even_if_it_has_the_same_bytes() {
        lead(1);
        Payload own = proposeOpening();
        Payload same = Payload.wrap(own.array().clone());
        makeUnreadable(own);

        commit(same);

        assertThat(store.tree().sessionCount()).isOne();
        Payload unreadable = Payload.wrap(own.array().clone());
        assertThatThrownBy(() -> commit(unreadable)).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void what_an_earlier_reign_proposed_is_read_like_anybody_elses() {
        lead(1);
        Payload early = proposeOpening();
        makeUnreadable(early);

        lead(2);

        assertThatThrownBy(() -> commit(early)).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void no_more_is_kept_in_memory_twice_than_the_limit_and_what_was_left_out_does_not_confuse_the_rest() {
        OwnTransactions own = new OwnTransactions();
        int large = (int) OwnTransactions.KEPT_BYTES_MAX / 4;
        List<Payload> encoded = List.of(bytes(large), bytes(4 * large), bytes(3 * large), bytes(1), bytes(large));
        List<Txn> txns = encoded.stream().map(OwnTransactionsTest::txn).toList();
        for (int i = 0; i < 4; i++) {
            own.proposed(encoded.get(i), txns.get(i));
        }

        assertThat(own.committed(encoded.get(0))).containsSame(txns.get(0));
        assertThat(own.committed(encoded.get(1))).isEmpty();
        own.proposed(encoded.get(4), txns.get(4));
        assertThat(own.committed(encoded.get(2))).containsSame(txns.get(2));
        assertThat(own.committed(encoded.get(3))).isEmpty();
        assertThat(own.committed(encoded.get(4))).containsSame(txns.get(4));
    }

    private static Payload bytes(int count) {
        return Payload.wrap(new byte[count]);
    }

    private static Txn txn(Payload encoded) {
        return new Txn.CloseSession(new Txn.Header(new SessionId(1 + encoded.size()), 0, 0, new Txn.Origin(SELF, 0)));
    }

    private static final class NoEdge implements Edge {
        @Override
        public void wake() {}

        @Override
        public void suspend() {}

        @Override
        public void resume() {}

        @Override
        public void crowded(boolean crowded) {}

        @Override
        public void endAll(String why) {}
    }
}
