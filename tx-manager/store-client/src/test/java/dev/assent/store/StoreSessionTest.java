package dev.assent.store;

import static dev.assent.tx.testing.Eventually.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.tx.testing.ApacheZooKeeper;
import dev.assent.tx.testing.TcpProxy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A session over a way that can be cut, or that carries requests and no answers but those to pings. */
class StoreSessionTest {
    /** Outlives the test, but for the one that is to lose it. */
    private static final Duration SESSION = Duration.ofSeconds(40);

    private static final Duration SHORT_SESSION = Duration.ofSeconds(3);
    private static final byte[] DATA = {1, 2, 3};
    private static final int PING_XID = -2;

    @TempDir
    Path folder;

    private ApacheZooKeeper server;
    private TcpProxy way;
    private final Set<Object> mute = ConcurrentHashMap.newKeySet();
    private StoreSession session;

    /** Notes what it is told. */
    private static final class Told implements SessionListener {
        final List<String> news = new CopyOnWriteArrayList<>();

        @Override
        public void connected(long session) {
            news.add("connected " + session);
        }

        @Override
        public void suspended(long session) {
            news.add("suspended " + session);
        }

        @Override
        public void lost(long session, Loss how) {
            news.add("lost " + session + " " + how);
        }
    }

    @BeforeEach
    void connect() throws IOException {
        server = new ApacheZooKeeper(folder);
        way = new TcpProxy(port(server.connectString()), TcpProxy.Filter.NONE, this::isHeard);
        session = open(StoreConfig.of(way.address()).withSessionTimeout(SESSION));
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.indexOf(':') + 1));
    }

    private boolean isHeard(Object connection, long number, ByteBuffer answer) {
        return !mute.contains(connection) || answer.getInt(0) == PING_XID;
    }

    private static StoreSession open(StoreConfig config) throws IOException {
        return StoreSession.open(config);
    }

    @AfterEach
    void disconnect() throws IOException {
        session.close();
        way.close();
        server.close();
    }

    @Test
    void a_multi_is_applied_whole_or_names_the_operation_that_stopped_it() throws Exception {
        session.await(session.create("/a", DATA), "making /a");

        MultiReply stopped = session.await(
                session.multi(List.of(
                        new StoreOp.Check("/a", 0),
                        new StoreOp.Create("/b", DATA),
                        new StoreOp.SetData("/a", DATA, 7),
                        new StoreOp.Delete("/b", -1))),
                "a multi");
        MultiReply applied = session.await(
                session.multi(List.of(new StoreOp.Check("/a", 0), StoreOp.Create.ephemeral("/b", DATA))), "a multi");

        assertThat(stopped).isEqualTo(new MultiReply(StoreCode.BADVERSION, 2));
        assertThat(applied.isApplied()).isTrue();
        assertThat(session.await(session.syncAndRead("/b"), "reading").stat().owner())
                .isEqualTo(session.sessionId());
    }

    @Test
    void data_is_set_if_nobody_else_has_since() throws Exception {
        session.await(session.create("/a", new byte[0]), "making /a");

        assertThat(session.await(session.setData("/a", DATA, 0), "setting").version())
                .isEqualTo(1);

        assertThatThrownBy(() -> session.await(session.setData("/a", DATA, 0), "setting /a"))
                .isInstanceOfSatisfying(StoreException.class, e -> {
                    assertThat(e.is(StoreCode.BADVERSION)).isTrue();
                    assertThat(e.isOfThisRequest()).isTrue();
                });
        assertThat(session.await(session.read("/a"), "reading").data()).isEqualTo(DATA);
        assertThat(session.await(session.exists("/none"), "looking")).isEmpty();
    }

    @Test
    void a_watch_tells_of_each_read_once_however_often_it_is_used() throws Exception {
        AtomicInteger news = new AtomicInteger();
        StoreWatch watch = new StoreWatch(news::incrementAndGet);
        for (int i = 0; i < 3; i++) {
            assertThat(session.await(session.children("/", watch), "listing")).doesNotContain("a");
            assertThat(session.await(session.exists("/a", watch), "looking")).isEmpty();
        }

        session.await(session.create("/a", DATA), "making /a");

        soon("both changes are told", () -> news.get() == 2);
        session.await(session.setData("/a", DATA, -1), "setting /a");
        session.await(session.sync(), "syncing");
        assertThat(news).hasValue(2);
    }

    @Test
    void a_session_without_a_connection_is_presumed_lost_by_the_clock_and_confirmed_by_the_ensemble() throws Exception {
        session.close();
        session = open(StoreConfig.of(way.address()).withSessionTimeout(SHORT_SESSION));
        Told told = new Told();
        session.listen(told);
        long first = session.sessionId();

        way.shut();
        soon("the loss is presumed", () -> told.news.contains("lost " + first + " PRESUMED"));
        assertThat(told.news).containsExactly("suspended " + first, "lost " + first + " PRESUMED");
        way.open();
        soon("another session", () -> told.news.size() == 4);

        assertThat(told.news.subList(2, 4))
                .containsExactly("lost " + first + " CONFIRMED", "connected " + session.sessionId());
        assertThat(session.sessionId()).isNotEqualTo(first);
    }

    @Test
    void a_connection_that_comes_back_in_time_keeps_the_session() throws Exception {
        Told told = new Told();
        try (StoreSession patient = open(StoreConfig.of(way.address()).withSessionTimeout(Duration.ofSeconds(40)))) {
            patient.listen(told);
            long first = patient.sessionId();

            way.cut();
            soon("connected again", () -> told.news.size() == 2);

            assertThat(told.news).containsExactly("suspended " + first, "connected " + first);
        }
    }

    @Test
    void a_session_that_the_ensemble_ends_is_followed_by_another() throws Exception {
        AtomicInteger ended = new AtomicInteger();
        session.onExpiry(ended::incrementAndGet);
        long first = session.sessionId();
        session.await(session.create(StoreOp.Create.ephemeral("/e", DATA)), "making an ephemeral");

        server.expireSessions();
        soon("the end is told", () -> ended.get() == 1);
        session.createIfMissing(new StoreOp.Create("/after", DATA), Deadline.in(Duration.ofMinutes(2)));

        assertThat(session.sessionId()).isNotEqualTo(first);
        assertThat(session.await(session.exists("/e"), "looking")).isEmpty();
    }

    @Test
    void a_server_that_answers_pings_only_can_be_left_for_another_session() throws Exception {
        long silent = session.sessionId();
        mute.addAll(way.connections());
        CompletableFuture<Void> unanswered = session.create("/a", DATA);

        session.leave(silent);
        session.leave(silent); // it is not the current one any more
        Deadline end = Deadline.in(Duration.ofMinutes(2));
        session.createIfMissing(new StoreOp.Create("/b", DATA), end);

        assertThat(session.sessionId()).isNotEqualTo(silent);
        assertThatThrownBy(() -> session.await(unanswered, "creating /a", end))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        e -> assertThat(e.code().isSilence()).isTrue());
    }

    @Test
    void what_may_be_repeated_is_sent_again_until_it_is_answered_or_the_time_is_up() throws Exception {
        way.shut();
        CompletableFuture<List<String>> listed = CompletableFuture.supplyAsync(() -> {
            try {
                return session.repeat("listing", Deadline.in(Duration.ofMinutes(2)), () -> session.children("/"));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        assertThatThrownBy(() ->
                        session.repeat("listing", Deadline.in(Duration.ofMillis(50)), () -> session.children("/")))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        e -> assertThat(e.code().isSilence()).isTrue())
                .hasMessageContaining(way.address());

        way.open();

        assertThat(listed.get(120, TimeUnit.SECONDS)).contains("zookeeper");
    }

    @Test
    void nobody_waits_on_the_thread_that_brings_the_answers() throws Exception {
        CompletableFuture<Void> refused = session.sync().thenAccept(done -> {
            try {
                session.await(session.sync(), "a second one");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });

        assertThatThrownBy(() -> session.await(refused, "both"))
                .hasRootCauseInstanceOf(IllegalStateException.class)
                .hasStackTraceContaining("a second one");
    }

    @Test
    void a_listener_that_hangs_or_fails_holds_up_neither_requests_nor_the_session() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        session.listen(new SessionListener() {
            @Override
            public void suspended(long session) {
                throw new IllegalStateException("a bug of a listener");
            }

            @Override
            public void connected(long session) {
                hanging.countDown();
                try {
                    never.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        });

        way.cut();
        hanging.await();

        List<String> made = new ArrayList<>();
        for (String path : List.of("/a", "/b")) {
            session.createIfMissing(new StoreOp.Create(path, DATA), Deadline.in(Duration.ofMinutes(2)));
            made.add(path);
        }
        assertThat(made).hasSize(2);
    }

    @Test
    void an_ensemble_that_nobody_reaches_is_named_in_time() throws Exception {
        way.shut();
        StoreConfig config = StoreConfig.of(way.address()).withConnectTimeout(Duration.ofMillis(200));

        assertThatThrownBy(() -> StoreSession.open(config))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(way.address())
                .hasMessageContaining("coordination.connect");
    }

    @Test
    void servers_are_tried_in_the_order_they_are_named_if_that_is_wanted() throws Exception {
        try (TcpProxy nowhere = new TcpProxy(port(server.connectString()))) {
            nowhere.shut();
            String both = way.address() + "," + nowhere.address();
            for (int attempt = 0; attempt < 8; attempt++) {
                Set<Object> before = way.connections();
                StoreConfig config = StoreConfig.of(both).withOrder(StoreConfig.Order.NAMED);
                try (StoreSession begun = open(config.withConnectTimeout(Duration.ofMinutes(2)))) {
                    assertThat(begun.isConnected()).isTrue();
                    // Not counted: the one before may be about to go.
                    assertThat(way.connections()).anyMatch(connection -> !before.contains(connection));
                }
            }
            StoreConfig turned = StoreConfig.of(nowhere.address() + "," + way.address());
            open(turned.withOrder(StoreConfig.Order.NAMED)).close();
        }
    }

    @Test
    void what_waits_for_a_connection_ends_with_the_session() throws Exception {
        way.shut();
        soon("the connection is gone", () -> !session.isConnected());
        CompletableFuture<Boolean> told = new CompletableFuture<>();
        session.whenConnected(() -> told.complete(session.isClosed()));

        session.close();

        assertThat(told).isCompletedWithValue(true);
    }
}
