package dev.assent.coordination.server;

import static dev.assent.coordination.server.TestClient.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.server.config.ServerConfig;
import dev.assent.coordination.server.config.Timing;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.junit.jupiter.api.Test;

/** What clients notice of a change of leader: nothing, if it is quick. */
final class LeaderChangeTest {
    /** Twenty ticks of 300 ms, the longest that is granted. */
    private static final int SIX_SECONDS = 6_000;

    @Test
    void a_request_made_while_nobody_leads_is_answered_by_the_next_leader() throws Exception {
        try (SoloServer server = SoloServer.serving();
                TestClient client = TestClient.connect(server.connect())) {
            server.lose();
            CountDownLatch created = new CountDownLatch(1);
            client.zk()
                    .create(
                            "/later",
                            new byte[0],
                            ZooDefs.Ids.OPEN_ACL_UNSAFE,
                            CreateMode.EPHEMERAL,
                            (rc, path, context, name) -> created.countDown(),
                            null);
            server.lead();

            assertThat(created.await(120, TimeUnit.SECONDS)).isTrue();
            assertThat(client.isDisconnected()).isFalse();
        }
    }

    @Test
    void each_write_counts_once_however_often_the_leader_changes() throws Exception {
        int writes = 2_000;
        try (SoloServer server = SoloServer.serving();
                TestClient client = TestClient.connect(server.connect())) {
            client.zk().create("/count", bytes("-"), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            CountDownLatch done = new CountDownLatch(writes);
            AtomicInteger failures = new AtomicInteger();
            for (int i = 0; i < writes; i++) {
                // Every other one only succeeds in its place, and would fail if it came twice.
                int version = i % 2 == 0 ? i : -1;
                client.zk()
                        .setData(
                                "/count",
                                bytes("" + i),
                                version,
                                (rc, path, context, stat) -> {
                                    failures.addAndGet(rc == 0 ? 0 : 1);
                                    done.countDown();
                                },
                                null);
                if (i % 40 == 39) {
                    server.lose(i % 80 == 39);
                    server.lead();
                }
            }

            assertThat(done.await(120, TimeUnit.SECONDS)).isTrue();
            assertThat(failures).hasValue(0);
            assertThat(client.zk().exists("/count", false).getVersion()).isEqualTo(writes);
            assertThat(client.isDisconnected()).isFalse();
        }
    }

    /** By the server: this client would wait for ever. */
    @Test
    void connections_are_closed_when_no_leader_is_found_for_too_long() throws Exception {
        ServerConfig config = ServerConfig.standalone(Path.of("unused"), 0).withTiming(new Timing(100, 10, 5));
        try (SoloServer server = new SoloServer(config)) {
            server.lead();
            try (RawClient patient = new RawClient(server.port())) {
                assertThat(patient.openSession(2_000, 0)).isNotZero();
                server.lose();

                assertThat(patient.readToEnd()).isEmpty();
                server.lead();
                TestClient.connect(server.connect()).close();
            }
        }
    }

    /** Both have six seconds, and the silent one comes last: by its end the other has lived through a time-out. */
    @Test
    void a_session_that_shows_no_life_expires_and_one_that_does_lives_on() throws Exception {
        ServerConfig config = ServerConfig.standalone(Path.of("unused"), 0).withTiming(new Timing(300, 10, 5));
        try (SoloServer server = new SoloServer(config)) {
            server.lead();
            try (TestClient alive = TestClient.connect(server.connect());
                    RawClient silent = new RawClient(server.port())) {
                alive.zk().create("/alive", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
                assertThat(silent.openSession(SIX_SECONDS, 0)).isNotZero();

                assertThat(silent.readToEnd()).isEmpty();
                assertThat(alive.zk().getSessionTimeout()).isEqualTo(SIX_SECONDS);
                assertThat(alive.zk().exists("/alive", false)).isNotNull();
                assertThat(alive.isDisconnected()).isFalse();
            }
        }
    }
}
