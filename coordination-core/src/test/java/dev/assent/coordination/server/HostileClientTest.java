package dev.assent.coordination.server;

import static dev.assent.coordination.server.TestClient.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.coordination.LogLines;
import dev.assent.coordination.net.BurstLog;
import dev.assent.coordination.net.client.ClientChannel;
import dev.assent.coordination.server.config.ClientLimits;
import dev.assent.coordination.server.config.ServerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a client does wrong costs itself its connection, and nobody else anything. */
final class HostileClientTest {
    private static final ServerConfig CONFIG = ServerConfig.standalone(Path.of("unused"), 0);

    private SoloServer server = new SoloServer(CONFIG);

    HostileClientTest() throws IOException {
        server.lead();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void an_oversized_or_negative_length_closes_that_connection_only() throws Exception {
        try (TestClient honest = TestClient.connect(server.connect());
                RawClient oversized = new RawClient(server.port());
                RawClient negative = new RawClient(server.port())) {
            oversized.sendInts(64 << 20, 1, 2, 3);
            negative.sendInts(-5, 0, 0);

            assertThat(oversized.readToEnd()).isEmpty();
            assertThat(negative.readToEnd()).isEmpty();
            assertThat(honest.zk().exists("/", false)).isNotNull();
        }
    }

    @Test
    void nonsense_in_a_greeting_or_an_authentication_closes_that_connection_only() throws Exception {
        try (TestClient honest = TestClient.connect(server.connect());
                RawClient greeter = new RawClient(server.port());
                RawClient liar = new RawClient(server.port())) {
            greeter.sendFrame(bytes("good morning"));
            liar.openSession(10_000, 0);
            // auth, whose scheme claims to be two billion bytes long
            liar.sendInts(16, -4, 100, 0, Integer.MAX_VALUE);

            assertThat(greeter.readToEnd()).isEmpty();
            assertThat(liar.readToEnd()).isEmpty();
            assertThat(honest.zk().create("/fine", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT))
                    .isEqualTo("/fine");
        }
    }

    @Test
    void nonsense_in_a_request_is_answered_with_an_error_in_its_turn() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.openSession(10_000, 0);
            // create, whose path claims to be two billion bytes long; then a request of the kind that nobody knows
            client.sendInts(12, 1, 1, Integer.MAX_VALUE);
            client.sendInts(8, 2, 4_711);

            assertThat(client.readFrame()).startsWith(0, 0, 0, 1).endsWith(255, 255, 255, 251);
            assertThat(client.readFrame()).startsWith(0, 0, 0, 2).endsWith(255, 255, 255, 250);
        }
    }

    @Test
    void an_unknown_operation_is_answered_as_unimplemented() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.openSession(10_000, 0);
            client.sendInts(8, 7, 4_711);

            byte[] reply = client.readFrame();
            assertThat(reply).startsWith(0, 0, 0, 7).endsWith(255, 255, 255, 250);
        }
    }

    @Test
    void who_never_says_what_session_it_wants_is_disconnected() throws Exception {
        server.close();
        server = new SoloServer(CONFIG.withLimits(ClientLimits.DEFAULT.withHandshake(Duration.ofMillis(200))));
        server.lead();
        try (RawClient silent = new RawClient(server.port())) {
            assertThat(silent.readToEnd()).isEmpty();
        }
    }

    @Test
    void one_address_gets_so_many_connections_and_no_more() throws Exception {
        server.close();
        server = new SoloServer(CONFIG.withLimits(ClientLimits.DEFAULT.withConnections(2, 0)));
        server.lead();
        try (RawClient first = new RawClient(server.port());
                RawClient second = new RawClient(server.port());
                RawClient third = new RawClient(server.port())) {
            assertThat(first.openSession(10_000, 0)).isNotZero();
            assertThat(second.openSession(10_000, 0)).isNotZero();
            // One that is taken would be granted its session.
            third.requestSession(10_000, 0);
            assertThat(third.readToEnd()).isEmpty();
        }
    }

    @Test
    void a_burst_of_refused_connections_is_one_line_with_the_address_and_the_limit() throws Exception {
        server.close();
        server = new SoloServer(CONFIG.withLimits(ClientLimits.DEFAULT.withConnections(1, 0)));
        server.lead();
        try (LogLines lines = LogLines.of(ClientChannel.class);
                RawClient first = new RawClient(server.port())) {
            assertThat(first.openSession(10_000, 0)).isNotZero();
            long start = System.nanoTime();
            for (int i = 0; i < 50; i++) {
                try (RawClient refused = new RawClient(server.port())) {
                    assertThat(refused.readToEnd()).isEmpty();
                }
            }

            int summaries = (int) (TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start) / BurstLog.SECONDS);
            assertThat(lines.all())
                    .hasSizeBetween(1, 1 + summaries)
                    .first()
                    .asString()
                    .contains("127.0.0.1", "maxClientCnxns=1");
        }
    }

    @Test
    void who_asks_for_more_at_once_than_is_allowed_waits_and_gets_every_answer() throws Exception {
        server.close();
        server = new SoloServer(CONFIG.withLimits(ClientLimits.DEFAULT.withRequests(3, 1 << 20)));
        server.lead();
        byte[][] frames = new byte[200][];
        for (int i = 0; i < frames.length; i++) {
            boolean write = i % 10 == 0;
            // setData or exists of "/", with its path, and then no data and any version, or no watch
            frames[i] = write
                    ? new byte[] {0, 0, 0, (byte) i, 0, 0, 0, 5, 0, 0, 0, 1, '/', -1, -1, -1, -1, -1, -1, -1, -1}
                    : new byte[] {0, 0, 0, (byte) i, 0, 0, 0, 3, 0, 0, 0, 1, '/', 0};
        }
        try (RawClient client = new RawClient(server.port())) {
            client.openSession(30_000, 0);
            client.sendTogether(frames);

            for (int i = 0; i < frames.length; i++) {
                assertThat(client.readFrame()).startsWith(0, 0, 0, i);
            }
        }
    }

    @Test
    void who_does_not_take_its_replies_is_not_read_any_further_and_holds_up_nobody() throws Exception {
        int requests = 200;
        byte[][] reads = new byte[requests][];
        for (int i = 0; i < requests; i++) {
            reads[i] = new byte[] {0, 0, 0, (byte) i, 0, 0, 0, 4, 0, 0, 0, 4, '/', 'b', 'i', 'g', 0};
        }
        try (TestClient honest = TestClient.connect(server.connect());
                RawClient lazy = new RawClient(server.port())) {
            honest.zk().create("/big", new byte[500_000], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            lazy.openSession(30_000, 0);
            lazy.sendTogether(reads);

            assertThat(honest.zk().getData("/big", false, null)).hasSize(500_000);
            for (int i = 0; i < requests; i++) {
                assertThat(lazy.readFrame()).hasSizeGreaterThan(500_000).startsWith(0, 0, 0, i);
            }
        }
    }

    @Test
    void a_client_that_has_seen_more_than_this_server_is_refused() throws Exception {
        try (RawClient ahead = new RawClient(server.port())) {
            assertThatThrownBy(() -> ahead.openSession(10_000, Long.MAX_VALUE)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void a_taken_port_is_named_with_the_remedy() {
        ServerConfig same = ServerConfig.standalone(Path.of("unused"), server.port());

        assertThatThrownBy(() -> new SoloServer(same).close())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(":" + server.port())
                .hasMessageContaining("set another clientPort");
    }
}
