package dev.assent.coordination.server;

import static dev.assent.coordination.server.TestClient.bytes;
import static org.apache.zookeeper.ZooDefs.Ids.OPEN_ACL_UNSAFE;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers that come late: with an empty disk, after everybody's restart, or without a vote. */
@Timeout(240)
final class RejoinIT {
    private static final int ZNODES = 300;

    @TempDir
    Path directory;

    @Test
    void an_observer_serves_and_a_server_with_an_empty_disk_gets_the_whole_state() throws Exception {
        try (TestEnsemble ensemble = TestEnsemble.start(directory, 4, 1, "snapCount=50\n")) {
            long session;
            byte[] password;
            try (TestClient client = TestClient.connect(ensemble.connect(4))) {
                fill(client.zk());
            }
            assertThat(ensemble.server(4).lastLine()).contains(" as observer of 4");
            int lost = ensemble.follower();
            TestClient lasting = TestClient.connect(ensemble.connect(lost));
            lasting.zk().create("/lasting", new byte[0], OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
            session = lasting.zk().getSessionId();
            password = lasting.zk().getSessionPasswd();
            for (int id = 1; id <= ensemble.size(); id++) {
                ensemble.server(id).kill();
            }
            ensemble.wipe(lost);
            for (int id = 1; id <= ensemble.size(); id++) {
                ensemble.server(id).start();
            }
            ensemble.awaitServing();

            try (TestClient reader = TestClient.claim(ensemble.connect(lost), session, password)) {
                reader.await(org.apache.zookeeper.Watcher.Event.KeeperState.SyncConnected);
                assertThat(reader.zk().exists("/lasting", false).getEphemeralOwner())
                        .isEqualTo(session);
                assertThat(reader.zk().getChildren("/many", false)).hasSize(ZNODES);
                assertThat(TestClient.text(reader.zk().getData("/many/7", false, null)))
                        .isEqualTo("7");
                reader.zk().create("/many/later", new byte[0], OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            }
            lasting.close();
        }
    }

    private static void fill(ZooKeeper zk) throws Exception {
        zk.create("/many", new byte[0], OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        for (int i = 0; i < ZNODES; i++) {
            zk.create("/many/" + i, bytes("" + i), OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        }
    }
}
