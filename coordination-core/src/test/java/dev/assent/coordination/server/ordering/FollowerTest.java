package dev.assent.coordination.server.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.bytes.CorruptEncoding;
import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.SessionPassword;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.quorum.Majority;
import dev.assent.coordination.replica.ReplicaLoop;
import dev.assent.coordination.server.ordering.ServerMessage.CaughtUp;
import dev.assent.coordination.server.ordering.ServerMessage.Forwarded;
import dev.assent.coordination.server.ordering.ServerMessage.ForwardedOrder;
import dev.assent.coordination.server.ordering.ServerMessage.Heard;
import dev.assent.coordination.server.ordering.ServerMessage.Reopened;
import dev.assent.coordination.tree.DataTree;
import dev.assent.coordination.tree.Txn;
import dev.assent.coordination.tree.TxnCodec;
import dev.assent.coordination.zab.Role;
import dev.assent.time.Clock;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a server that follows asks and tells its leader, when nothing is answered and when something is. */
final class FollowerTest {
    private static final ServerId SELF = new ServerId(1);
    private static final ServerId LEADER = new ServerId(2);
    private static final PendingOrderLimits LIMITS = new PendingOrderLimits(10, 1 << 20, 100, 1 << 20);

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final List<ServerMessage> sent = new ArrayList<>();
    private final List<Boolean> crowded = new ArrayList<>();
    private final PostedClient client = new PostedClient();
    private boolean room = true;
    private int woken;
    private long nowMillis = 1_000;
    private final OrderedStore store = new OrderedStore(
            setting(), LIMITS, new Loop(), new ToldEdge(), new WatchedTree(DataTree.initial(), 10), view -> {});

    private OrderingConfig setting() {
        Clock clock = new Clock() {
            @Override
            public long monotonicMillis() {
                return nowMillis;
            }

            @Override
            public long epochMillis() {
                return nowMillis;
            }
        };
        return new OrderingConfig(
                SELF,
                100,
                10,
                new Majority(List.of(SELF, LEADER, new ServerId(3))),
                clock,
                () -> new SessionPassword(new byte[SessionPassword.SIZE]),
                0);
    }

    @BeforeEach
    void follow() {
        follow(1);
    }

    private void follow(int epoch) {
        store.roleChanged(Role.FOLLOWING, new Epoch(epoch), Optional.of(LEADER), true);
        answer(orders().get(0));
        sent.clear();
    }

    private void submit(Client from, int count, Order order) {
        for (int i = 0; i < count; i++) {
            store.submit(List.of(new Submission(from, i, order, 100)));
        }
        go();
    }

    /** The loop goes round: its tasks if it takes any, and a tick. */
    private void go() {
        while (room && !tasks.isEmpty()) {
            tasks.remove().run();
        }
        store.ticked();
    }

    private void pass(long millis) {
        nowMillis += millis;
        go();
    }

    private List<ForwardedOrder> orders() {
        return sent.stream()
                .filter(Forwarded.class::isInstance)
                .flatMap(message -> ((Forwarded) message).orders().stream())
                .toList();
    }

    private void answer(ForwardedOrder forwarded) {
        store.received(
                LEADER,
                ServerMessageCodec.encode(
                        new CaughtUp(forwarded.request(), store.tree().zxid())));
    }

    private void answerAll() {
        List<ForwardedOrder> all = orders();
        sent.clear();
        all.forEach(this::answer);
        go();
    }

    @Test
    void what_the_leader_was_not_asked_is_dropped_soon_after_its_connection_is_gone() {
        submit(client, 90, new Order.CatchUp());
        assertThat(orders()).hasSize(10);

        client.disconnect();
        pass(1_000);
        submit(new PostedClient(), 1, new Order.CatchUp());
        answerAll();

        assertThat(orders()).hasSize(1);
    }

    @Test
    void while_the_loop_takes_no_tasks_nothing_piles_up_for_clients_that_come_and_go() {
        room = false;
        for (int i = 0; i < 1_000; i++) {
            PostedClient passer = new PostedClient();
            submit(passer, 10, new Order.CatchUp());
            passer.disconnect();
            pass(10);
        }
        pass(1_000);
        assertThat(crowded)
                .as("fifty clients a pass, of ten requests each")
                .isNotEmpty()
                .last()
                .isEqualTo(false);
        room = true;
        go();

        assertThat(orders()).isEmpty();
    }

    @Test
    void what_is_asked_for_a_connection_that_is_gone_is_not_asked_of_the_next_leader() {
        submit(client, 90, new Order.CatchUp());
        store.roleChanged(Role.LOOKING, new Epoch(1), Optional.empty(), false);
        client.disconnect();
        pass(1_000);
        sent.clear();

        follow(2);
        go();

        assertThat(orders()).isEmpty();
    }

    @Test
    void who_hangs_up_while_no_leader_serves_has_nothing_done_of_what_arrives_behind_it() {
        submit(client, 1, new Order.CatchUp());
        store.roleChanged(Role.LOOKING, new Epoch(1), Optional.empty(), false);
        store.submit(List.of(new Submission(client, 2, new Order.CatchUp(), 100)));
        client.disconnect();
        sent.clear();

        follow(2);
        go();

        assertThat(orders()).isEmpty();
    }

    @Test
    void the_leader_is_asked_for_the_end_of_a_session_whose_client_did_not_wait_for_it() {
        submit(new PostedClient(), 10, new Order.CatchUp());
        Order close = new Order.CloseSession(new Order.Sender(new SessionId(4_711), 0, 3));
        submit(client, 1, close);
        client.disconnect();
        pass(1_000);

        answerAll();

        assertThat(orders()).extracting(ForwardedOrder::order).containsExactly(close);
    }

    @Test
    void the_connections_of_sessions_that_expire_are_ended() {
        PostedClient lively = new PostedClient();
        SessionId silent = opened(client, 7);
        SessionId alive = opened(lively, 8);
        Txn.Header nobodys = new Txn.Header(Txn.Header.NO_CLIENT, 0, nowMillis, new Txn.Origin(new ServerId(0), 0));

        commit(new Txn.ExpireSessions(nobodys, List.of(new SessionId(9), silent)));

        assertThat(client.isConnected()).isFalse();
        assertThat(lively.isConnected()).isTrue();
        assertThat(store.tree().session(alive)).isPresent();
    }

    /** A session on this server, and one that is on another. */
    private SessionId opened(Client on, long id) {
        sent.clear();
        submit(on, 1, new Order.Open(4_000));
        long request = orders().get(0).request();
        commit(new Txn.OpenSession(header(id, new Txn.Origin(SELF, request)), password(), 4_000));
        if (store.tree().session(new SessionId(9)).isEmpty()) {
            commit(new Txn.OpenSession(header(9, new Txn.Origin(LEADER, request)), password(), 4_000));
        }
        return new SessionId(id);
    }

    private Txn.Header header(long session, Txn.Origin origin) {
        return new Txn.Header(new SessionId(session), 0, nowMillis, origin);
    }

    private static SessionPassword password() {
        return new SessionPassword(new byte[SessionPassword.SIZE]);
    }

    private void commit(Txn txn) {
        Zxid last = store.tree().zxid();
        store.committed(last.equals(Zxid.ZERO) ? Zxid.startOf(new Epoch(1)).next() : last.next(), TxnCodec.encode(txn));
    }

    @Test
    void who_changes_servers_is_asked_for_while_the_loop_takes_no_tasks_and_told_at_the_next_tick() {
        room = false;
        Order reopen = new Order.Reopen(new SessionId(4_711), Payload.wrap(new byte[16]));
        submit(client, 1, reopen);
        submit(new PostedClient(), 1, new Order.Open(4_000));
        submit(new PostedClient(), 1, new Order.CatchUp());
        assertThat(orders()).extracting(ForwardedOrder::order).containsExactly(reopen);

        long request = orders().get(0).request();
        store.received(
                LEADER,
                ServerMessageCodec.encode(new Reopened(request, store.tree().zxid(), 0, 0)));
        assertThat(client.replies()).hasSize(1);
        woken = 0;
        go();

        assertThat(woken).isPositive();
    }

    @Test
    void nothing_that_was_on_its_way_when_a_snapshot_came_is_asked_of_the_leader() throws IOException {
        submit(client, 1, new Order.CatchUp());
        store.submit(List.of(new Submission(client, 2, new Order.CatchUp(), 100)));
        PostedClient other = new PostedClient();
        store.submit(List.of(new Submission(other, 1, new Order.CatchUp(), 100)));
        sent.clear();

        ByteArrayOutputStream snapshot = new ByteArrayOutputStream();
        store.snapshot().writeTo(snapshot);
        store.restore(store.tree().zxid(), new ByteArrayInputStream(snapshot.toByteArray()));
        go();
        submit(client, 1, new Order.CatchUp());
        submit(other, 1, new Order.CatchUp());

        assertThat(orders()).isEmpty();
    }

    @Test
    void who_has_a_request_under_way_is_not_read_on_while_too_many_are() {
        submit(client, 100, new Order.CatchUp());
        assertThat(crowded).containsExactly(true);

        for (int i = 0; i < 4; i++) {
            answerAll();
        }
        assertThat(crowded).containsExactly(true);
        for (int i = 0; i < 2; i++) {
            answerAll();
        }
        assertThat(crowded).containsExactly(true, false);
        for (int i = 0; i < 10; i++) {
            answerAll();
        }
        assertThat(client.replies()).hasSize(100);
    }

    @Test
    void a_session_that_was_granted_is_reported_as_living_though_its_client_was_not_told_yet() {
        SessionId session = new SessionId(4_711);
        Txn.Header header = new Txn.Header(session, 0, 0, new Txn.Origin(LEADER, 1));
        store.committed(
                Zxid.startOf(new Epoch(1)).next(),
                TxnCodec.encode(new Txn.OpenSession(header, new SessionPassword(new byte[16]), 4_000)));
        submit(client, 1, new Order.Reopen(session, Payload.wrap(new byte[16])));
        long request = orders().get(0).request();
        store.received(
                LEADER,
                ServerMessageCodec.encode(new Reopened(request, store.tree().zxid(), 7, 4_000)));
        assertThat(client.replies()).hasOnlyElementsOfType(Reply.Opened.class).hasSize(1);
        sent.clear();

        store.heard(List.of(), nowMillis);
        go();

        assertThat(sent)
                .filteredOn(Heard.class::isInstance)
                .extracting(message -> ((Heard) message).sessions())
                .containsExactly(List.of(session));
    }

    private final class Loop implements ReplicaLoop {
        @Override
        public void propose(Payload txn) {
            throw new IllegalStateException("it follows");
        }

        @Override
        public boolean hasRoom() {
            return room;
        }

        @Override
        public void send(ServerId to, Payload message) {
            assertThat(to).isEqualTo(LEADER);
            try {
                sent.add(ServerMessageCodec.decode(message));
            } catch (CorruptEncoding e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }
    }

    private final class ToldEdge implements Edge {
        @Override
        public void wake() {
            woken++;
        }

        @Override
        public void suspend() {}

        @Override
        public void resume() {}

        @Override
        public void crowded(boolean now) {
            crowded.add(now);
        }

        @Override
        public void endAll(String why) {}
    }
}
