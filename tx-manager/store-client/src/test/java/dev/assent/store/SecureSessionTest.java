package dev.assent.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.assent.coordination.server.CoordinationServer;
import dev.assent.coordination.server.config.SecureAccess;
import dev.assent.coordination.server.config.ServerConfig;
import dev.assent.security.Role;
import dev.assent.security.Security;
import dev.assent.security.TlsFiles;
import dev.assent.tx.testing.Eventually;
import dev.assent.tx.testing.TcpProxy;
import dev.assent.tx.testing.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Our client over TLS, who it takes for a server of the store, and servers that leave it waiting. */
@Timeout(240)
final class SecureSessionTest {
    private static final Duration SESSION = Duration.ofSeconds(2);
    /** Of one that is to outlive its test. */
    private static final Duration LONG_SESSION = Duration.ofSeconds(40);

    private static final Duration CONNECTED_MAX = Duration.ofMinutes(2);
    private static final byte[] DATA = {1, 2, 3};

    @TempDir
    Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private TestCertificates certificates;
    private TcpProxy way;
    /** Behind the way made last. */
    private int port;

    @SuppressWarnings("NullAway.Init") // The server is started before each test.
    SecureSessionTest() {}

    @BeforeEach
    void start() throws Exception {
        certificates = new TestCertificates(folder.resolve("certificates"));
        way = wayTo(certificates.of(Role.MEMBER, "1"));
    }

    private TcpProxy wayTo(TlsFiles shown) throws IOException {
        SecureAccess access = new SecureAccess(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), shown);
        CoordinationServer server =
                CoordinationServer.start(ServerConfig.standalone(Files.createTempDirectory(folder, "data"), 0)
                        .withSecureClients(access));
        open.add(server);
        port = server.secureClientPort().orElseThrow();
        TcpProxy proxy = new TcpProxy(port);
        open.add(0, proxy);
        return proxy;
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable opened : open) {
            opened.close();
        }
    }

    private TlsFiles node() throws IOException {
        return certificates.of(Role.NODE, "n1");
    }

    private static StoreConfig config(String servers, StoreTls tls) {
        return StoreConfig.of(servers)
                .withSessionTimeout(SESSION)
                .withConnectTimeout(CONNECTED_MAX)
                .withOrder(StoreConfig.Order.NAMED)
                .withTls(Optional.of(tls));
    }

    private StoreSession session(StoreConfig config) throws IOException {
        StoreSession session = StoreSession.open(config);
        open.add(0, session);
        return session;
    }

    /** It is told to who waits for a while: a handshake takes its time on a slow machine. */
    private void assertRefused(String server, StoreTls tls, String... because) {
        StoreConfig impatient = config(server, tls).withConnectTimeout(Duration.ofSeconds(2));
        Eventually.soon("it is told that " + server + " is refused, and why", () -> {
            String told = refusal(impatient);
            return told.contains("TLS came to nothing with " + server)
                    && Stream.of(because).allMatch(told::contains);
        });
    }

    private String refusal(StoreConfig config) {
        return String.valueOf(
                catchThrowableOfType(IOException.class, () -> session(config)).getMessage());
    }

    @Test
    void small_and_large_are_written_read_and_watched_many_at_a_time() throws Exception {
        StoreSession session =
                session(config(way.address(), StoreTls.of(node())).withSessionTimeout(LONG_SESSION));
        byte[] large = new byte[900_000];
        Arrays.fill(large, (byte) 7);
        AtomicInteger news = new AtomicInteger();
        StoreWatch watch = new StoreWatch(news::incrementAndGet);
        session.await(session.children("/", watch), "watching");

        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            all.add(session.create("/small-" + i, DATA));
            if (i % 250 == 0) {
                all.add(session.create("/large-" + i, large));
            }
        }
        for (CompletableFuture<Void> one : all) {
            session.await(one, "creating");
        }

        assertThat(session.await(session.read("/large-750"), "reading").data()).isEqualTo(large);
        assertThat(session.await(session.children("/"), "listing")).hasSize(1_000 + 4 + 1);
        assertThat(news).hasValue(1);
    }

    @Test
    void a_session_outlives_its_connection_and_an_end_is_an_end_at_once() throws Exception {
        StoreSession session =
                session(config(way.address(), StoreTls.of(node())).withSessionTimeout(LONG_SESSION));
        StoreSession other = session(config(way.address(), StoreTls.of(node())).withSessionTimeout(LONG_SESSION));
        long id = session.sessionId();
        session.await(session.create(StoreOp.Create.ephemeral("/e", DATA)), "making an ephemeral");

        way.cut();
        Node kept = session.repeat("reading", Deadline.in(Duration.ofMinutes(2)), () -> session.read("/e"));
        assertThat(kept.stat().owner()).isEqualTo(id);

        session.close();
        assertThat(other.repeat("looking", Deadline.in(Duration.ofMinutes(2)), () -> other.exists("/e")))
                .isEmpty();
    }

    @Test
    void who_is_no_member_of_the_store_is_not_taken_for_a_server_of_it() throws Exception {
        TcpProxy service = wayTo(certificates.of(Role.AGENT, "orders"));
        TcpProxy foreign = wayTo(certificates.foreign(Role.MEMBER, "1"));

        assertRefused(service.address(), StoreTls.of(node()), "names no member but agent/orders");
        assertRefused(foreign.address(), StoreTls.of(node()), "is issued by nobody who is trusted here");
    }

    @Test
    void a_client_whose_certificate_is_refused_hears_so() throws Exception {
        assertRefused(way.address(), StoreTls.of(certificates.foreign(Role.NODE, "n1")), "certificate");
    }

    @Test
    void servers_that_name_no_member_are_known_by_their_host_if_that_is_wanted() throws Exception {
        TcpProxy theirs = wayTo(certificates.of(Role.CLIENT, "zookeeper"));
        TcpProxy elsewhere = wayTo(certificates.elsewhere(Role.CLIENT, "zookeeper"));
        StoreTls byHost = new StoreTls(node(), StoreTls.Server.HOST);

        StoreSession session = session(config(theirs.address(), byHost));

        assertThat(session.await(session.exists("/zookeeper"), "looking")).isPresent();
        assertRefused(elsewhere.address(), byHost, "127.0.0.1");
    }

    @Test
    void a_server_that_never_finishes_a_handshake_costs_its_own_turn_only() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String first = "127.0.0.1:" + silent.getLocalPort();
            StoreConfig config = config(first + "," + way.address(), StoreTls.of(node()));
            long begun = System.nanoTime();

            StoreSession session = session(config);

            // The library leaves a server after the session's time-out, divided among the servers.
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isBetween(SESSION.dividedBy(2), CONNECTED_MAX.dividedBy(2));
            assertThat(session.await(session.exists("/"), "looking")).isPresent();
        }
    }

    @Test
    void a_server_that_sends_nothing_but_empty_records_costs_its_own_turn_only() throws Exception {
        byte[] empty = {22, 3, 3, 0, 0}; // of a handshake
        ByteBuffer many = ByteBuffer.allocate(20_000 * empty.length);
        while (many.hasRemaining()) {
            many.put(empty);
        }
        try (ServerSocket flooding = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> flood = CompletableFuture.runAsync(() -> {
                try (Socket accepted = flooding.accept()) {
                    while (true) {
                        accepted.getOutputStream().write(many.array());
                    }
                } catch (IOException left) {
                    // As it should be.
                }
            });
            String first = "127.0.0.1:" + flooding.getLocalPort();

            StoreSession session = session(config(first + "," + way.address(), StoreTls.of(node())));

            assertThat(session.await(session.exists("/"), "looking")).isPresent();
            flood.get(120, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_server_that_freezes_in_the_middle_is_left_as_in_plain_text() throws Exception {
        TcpProxy frozen = new TcpProxy(port);
        open.add(0, frozen);
        way.shut();
        StoreSession session = session(config(frozen.address() + "," + way.address(), StoreTls.of(node())));
        long id = session.sessionId();
        way.open();

        frozen.freeze();
        CompletableFuture<Void> unanswered = session.create("/a", DATA);
        assertThatThrownBy(() -> unanswered.get(120, TimeUnit.SECONDS)).hasCauseInstanceOf(StoreException.class);
        frozen.thaw();
        session.createIfMissing(new StoreOp.Create("/b", DATA), Deadline.in(Duration.ofMinutes(2)));

        assertThat(session.isConnected()).isTrue();
        assertThat(id).isNotZero();
    }

    @Test
    void a_servers_own_words_are_told_without_line_breaks_and_not_at_any_length() throws Exception {
        try (Security security = Security.once(node())) {
            TlsDialling dialling = new TlsDialling(StoreTls.of(node()), security);

            dialling.failed(
                    InetSocketAddress.createUnresolved("store1", 2281),
                    new SSLException("refused\n2026-01-01 ERROR all is lost " + "x".repeat(10_000)));

            assertThat(dialling.trouble().orElseThrow())
                    .startsWith("store1:2281: refused?2026")
                    .hasSizeLessThan(600);
        }
    }

    @Test
    void of_servers_that_fail_in_turn_each_is_told_of_once_until_one_works() throws Exception {
        try (Security security = Security.once(node())) {
            TlsDialling dialling = new TlsDialling(StoreTls.of(node()), security);
            InetSocketAddress first = InetSocketAddress.createUnresolved("store1", 2281);
            InetSocketAddress second = InetSocketAddress.createUnresolved("store2", 2281);
            SSLException expired = new SSLException("expired");

            assertThat(dialling.failed(first, expired)).isTrue();
            assertThat(dialling.failed(second, expired)).isTrue();
            assertThat(dialling.failed(first, expired)).isFalse();
            assertThat(dialling.failed(second, expired)).isFalse();
            assertThat(dialling.failed(second, new SSLException("foreign"))).isTrue();

            dialling.worked();
            assertThat(dialling.failed(first, expired)).isTrue();
        }
    }

    @Test
    void files_that_are_not_there_are_named() {
        TlsFiles none = new TlsFiles(folder.resolve("no.pem"), folder.resolve("no.key"), folder.resolve("no-ca.pem"));

        assertThatThrownBy(() -> session(config(way.address(), StoreTls.of(none))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no.pem does not exist");
    }
}
