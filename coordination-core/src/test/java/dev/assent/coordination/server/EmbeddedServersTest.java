package dev.assent.coordination.server;

import static org.apache.zookeeper.ZooDefs.Ids.OPEN_ACL_UNSAFE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.admin.view.StoreServer;
import dev.assent.admin.view.StoreServer.Standing;
import dev.assent.coordination.replica.Await;
import dev.assent.coordination.server.admin.ServerAdmin;
import dev.assent.coordination.server.config.MemberConfig;
import dev.assent.coordination.server.config.ServerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.apache.zookeeper.CreateMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers inside somebody else's JVM. */
@Timeout(240)
final class EmbeddedServersTest {
    private static final long THREAD_END_MILLIS_MAX = 120_000;

    /** Well below the time that a server gives a loop which does not get on. */
    private static final int LET_GO_MILLIS_MAX = 8_000;

    @TempDir
    Path directory;

    @Test
    void a_standalone_server_serves_is_closed_and_serves_again_with_its_data() throws Exception {
        ServerConfig config = ServerConfig.standalone(directory, 0);
        try (CoordinationServer server = CoordinationServer.start(config);
                TestClient client = TestClient.connect(server.connectString())) {
            client.zk().create("/kept", new byte[0], OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            assertThat(server.status().isLeader()).isTrue();
            assertThat(server.status().mode()).isEqualTo("standalone");
        }
        try (CoordinationServer server = CoordinationServer.start(config);
                TestClient client = TestClient.connect(server.connectString())) {
            assertThat(client.zk().exists("/kept", false)).isNotNull();
        }
    }

    @Test
    void three_servers_in_one_jvm_are_an_ensemble_and_leave_no_thread_behind() throws Exception {
        Set<Thread> before = ownThreads();
        List<MemberConfig> members = members();
        List<CoordinationServer> servers = new ArrayList<>();
        try {
            for (int id = 1; id <= 3; id++) {
                servers.add(CoordinationServer.start(
                        ServerConfig.member(id, members, directory.resolve("server-" + id), 0)));
            }
            String connect =
                    servers.stream().map(CoordinationServer::connectString).collect(Collectors.joining(","));
            try (TestClient client = TestClient.connect(connect)) {
                client.zk().create("/a", new byte[0], OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
                Await.until(
                        "one of them leads, and tells it",
                        () -> servers.stream()
                                        .filter(server -> server.status().isLeader())
                                        .count()
                                == 1);
            }
            leaderNamesWhoIsMissing(servers);
        } finally {
            servers.forEach(CoordinationServer::close);
        }
        assertThat(servers.get(0).awaitStopped()).isEqualTo(Optional.empty());
        assertNoOtherThreadsThan(before);
    }

    private static void leaderNamesWhoIsMissing(List<CoordinationServer> servers) {
        CoordinationServer leader = servers.stream()
                .filter(server -> server.status().isLeader())
                .findAny()
                .orElseThrow();
        List<CoordinationServer> others =
                servers.stream().filter(server -> server != leader).toList();
        Await.until("all are in sync", () -> standings(leader).equals(Map.of(Standing.IN_SYNC, 3L)));
        assertThat(new ServerAdmin(others.get(0)).members().servers())
                .allSatisfy(server -> assertThat(server.standing()).isEmpty());

        others.get(0).close();

        Await.until(
                "one is missing", () -> standings(leader).equals(Map.of(Standing.IN_SYNC, 2L, Standing.MISSING, 1L)));
        assertThat(new ServerAdmin(leader)
                        .members().servers().stream()
                                .filter(server -> server.standing().equals(Optional.of(Standing.MISSING)))
                                .map(StoreServer::id))
                .containsExactly((long) others.get(0).status().self().value());
    }

    private static Map<Standing, Long> standings(CoordinationServer leader) {
        return new ServerAdmin(leader)
                .members().servers().stream()
                        .flatMap(server -> server.standing().stream())
                        .collect(Collectors.groupingBy(standing -> standing, Collectors.counting()));
    }

    @Test
    void a_server_that_is_closed_lets_its_clients_go_although_its_loop_hangs() throws Exception {
        List<MemberConfig> members = members();
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        try (CoordinationServer server = CoordinationServer.start(
                        ServerConfig.member(1, members, directory.resolve("server-1"), 0), status -> {
                            if (started.getCount() == 0) {
                                hangs.countDown();
                                awaitQuietly(goesOn);
                            }
                        });
                Socket client = new Socket(InetAddress.getLoopbackAddress(), server.clientPort())) {
            started.countDown();
            try (CoordinationServer other =
                    CoordinationServer.start(ServerConfig.member(2, members, directory.resolve("server-2"), 0))) {
                hangs.await(); // in the election that the other makes possible
                client.setSoTimeout(LET_GO_MILLIS_MAX);
                CompletableFuture<Void> closed = CompletableFuture.runAsync(server::close);
                assertThat(client.getInputStream().read())
                        .as("the end of the connection to a server beside " + other.status())
                        .isEqualTo(-1);
                goesOn.countDown();
                closed.join();
            }
        } finally {
            goesOn.countDown();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void what_cannot_be_had_is_named_and_nothing_is_left_running() throws Exception {
        Set<Thread> before = ownThreads();
        try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> CoordinationServer.start(ServerConfig.standalone(directory, holder.getLocalPort()))
                            .close())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("" + holder.getLocalPort());
        }
        assertNoOtherThreadsThan(before);
        CoordinationServer.start(ServerConfig.standalone(directory, 0)).close();
    }

    private static Set<Thread> ownThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("assent"))
                .collect(Collectors.toSet());
    }

    /** Whatever was started since ends by itself. */
    private static void assertNoOtherThreadsThan(Set<Thread> before) throws InterruptedException {
        Set<Thread> started = ownThreads();
        started.removeAll(before);
        for (Thread thread : started) {
            thread.join(THREAD_END_MILLIS_MAX);
            assertThat(thread.isAlive()).as(thread.getName()).isFalse();
        }
    }

    private static List<MemberConfig> members() throws IOException {
        List<MemberConfig> members = new ArrayList<>();
        List<Integer> ports = new FreePorts(new Random()).next(3);
        for (int id = 1; id <= 3; id++) {
            members.add(MemberConfig.participant(id, "127.0.0.1", ports.get(id - 1)));
        }
        return members;
    }
}
