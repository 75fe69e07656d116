package dev.assent.coordination.server;

import static dev.assent.coordination.server.TestClient.bytes;
import static org.apache.zookeeper.ZooDefs.Ids.OPEN_ACL_UNSAFE;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sessions and their watches on three servers. */
@Timeout(240)
final class SessionMoveIT {
    @TempDir
    Path directory;

    @Test
    void sessions_move_watches_follow_and_every_server_shows_the_same() throws Exception {
        try (TestEnsemble ensemble = TestEnsemble.start(directory, 3)) {
            for (int from = 1; from <= 3; from++) {
                int to = from % 3 + 1;
                move(ensemble, from, to);
                forge(ensemble, from, to);
            }
            survive_the_restart_of_its_server(ensemble);
        }
    }

    private static void move(TestEnsemble ensemble, int from, int to) throws Exception {
        String path = "/moved-" + from;
        try (TestClient first = TestClient.connect(ensemble.connect(from))) {
            first.zk().create(path, bytes("x"), OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
            try (TestClient second = TestClient.resume(ensemble.connect(to), first.zk())) {
                second.await(KeeperState.SyncConnected);
                first.await(KeeperState.Disconnected);

                assertThat(second.zk().getSessionId()).isEqualTo(first.zk().getSessionId());
                assertThat(second.zk().exists(path, false).getEphemeralOwner())
                        .isEqualTo(second.zk().getSessionId());
                second.zk().multi(List.of(Op.check(path, 0), Op.setData(path, bytes("y"), 0)));
            }
        }
        try (TestClient reader = TestClient.connect(ensemble.connect(from))) {
            reader.zk().sync("/", (rc, asked, context) -> {}, null);
            assertThat(reader.zk().exists(path, false)).isNull();
        }
    }

    private static void forge(TestEnsemble ensemble, int from, int to) throws Exception {
        try (TestClient owner = TestClient.connect(ensemble.connect(from));
                TestClient thief =
                        TestClient.claim(ensemble.connect(to), owner.zk().getSessionId(), new byte[16])) {
            thief.await(KeeperState.Expired);
            assertThat(owner.zk().exists("/", false)).isNotNull();
        }
    }

    /** A client of one server only: its session outlives the server, and its watches miss nothing. */
    private static void survive_the_restart_of_its_server(TestEnsemble ensemble) throws Exception {
        int home = ensemble.follower();
        try (TestClient client = TestClient.connect(ensemble.connect(home));
                TestClient other = TestClient.connect(ensemble.connect(ensemble.leader()))) {
            client.zk().create("/watched", bytes("0"), OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
            client.zk().getData("/watched", true, null);
            ensemble.server(home).kill();
            client.await(KeeperState.Disconnected);
            other.zk().setData("/watched", bytes("1"), -1);
            ensemble.server(home).start();
            ensemble.server(home).awaitServing();
            client.await(KeeperState.SyncConnected);

            WatchedEvent event = client.nextEvent();
            assertThat(event.getType()).isEqualTo(EventType.NodeDataChanged);
            assertThat(TestClient.text(client.zk().getData("/watched", false, null)))
                    .isEqualTo("1");
        }
    }
}
