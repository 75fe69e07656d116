package dev.assent.coordination.server;

import static dev.assent.coordination.server.TestClient.bytes;
import static org.apache.zookeeper.ZooDefs.Ids.CREATOR_ALL_ACL;
import static org.apache.zookeeper.ZooDefs.Ids.OPEN_ACL_UNSAFE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.Test;

/** Each operation on a znode that belongs to somebody else. */
final class AuthorisationTest {
    private static final String OWN = "/private";
    private static final String CHILD = "/private/child";

    private interface Attempt {
        void on(ZooKeeper zk) throws Exception;
    }

    private static final Map<String, Attempt> FORBIDDEN = Map.ofEntries(
            Map.entry("exists", zk -> zk.exists(OWN, false)),
            Map.entry("exists with a watch", zk -> zk.exists(OWN, true)),
            Map.entry(
                    "create a TTL znode",
                    zk -> zk.create(OWN + "/t", null, OPEN_ACL_UNSAFE, CreateMode.PERSISTENT_WITH_TTL, null, 60_000)),
            Map.entry("getData", zk -> zk.getData(OWN, false, null)),
            Map.entry("getData with a watch", zk -> zk.getData(OWN, true, null)),
            Map.entry("getChildren", zk -> zk.getChildren(OWN, false)),
            Map.entry("getChildren with stat", zk -> zk.getChildren(OWN, false, new Stat())),
            Map.entry("getAllChildrenNumber", zk -> zk.getAllChildrenNumber(OWN)),
            Map.entry("getACL", zk -> zk.getACL(OWN, new Stat())),
            Map.entry("setData", zk -> zk.setData(OWN, bytes("x"), -1)),
            Map.entry("setACL", zk -> zk.setACL(OWN, OPEN_ACL_UNSAFE, -1)),
            Map.entry("create", zk -> zk.create(OWN + "/new", null, OPEN_ACL_UNSAFE, CreateMode.PERSISTENT)),
            Map.entry("create an ephemeral", zk -> zk.create(OWN + "/e", null, OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL)),
            Map.entry("create a container", zk -> zk.create(OWN + "/c", null, OPEN_ACL_UNSAFE, CreateMode.CONTAINER)),
            Map.entry("delete", zk -> zk.delete(CHILD, -1)),
            Map.entry("multi", zk -> zk.multi(List.of(Op.check("/", -1), Op.setData(OWN, bytes("x"), -1)))),
            Map.entry("check", zk -> zk.multi(List.of(Op.check(OWN, -1)))));

    @Test
    void a_stranger_may_do_nothing_and_the_owner_everything() throws Exception {
        try (SoloServer server = SoloServer.serving();
                TestClient owner = TestClient.connect(server.connect());
                TestClient stranger = TestClient.connect(server.connect())) {
            owner.zk().addAuthInfo("digest", bytes("owner:secret"));
            owner.zk().create(OWN, bytes("mine"), CREATOR_ALL_ACL, CreateMode.PERSISTENT);
            owner.zk().create(CHILD, bytes("mine"), CREATOR_ALL_ACL, CreateMode.PERSISTENT);
            // Whoever claims to be the administrator is nobody in particular.
            stranger.zk().addAuthInfo("digest", bytes("super:secret"));

            FORBIDDEN.forEach((name, attempt) -> assertThatThrownBy(() -> attempt.on(stranger.zk()))
                    .as(name)
                    .isInstanceOf(KeeperException.NoAuthException.class));
            List<OpResult> reads = stranger.zk().multi(List.of(Op.getData(OWN), Op.getChildren(OWN)));
            assertThat(reads)
                    .extracting(result -> ((OpResult.ErrorResult) result).getErr())
                    .containsOnly(KeeperException.Code.NOAUTH.intValue());
            for (Attempt attempt : FORBIDDEN.values()) {
                attempt.on(owner.zk());
            }
        }
    }
}
