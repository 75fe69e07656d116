package dev.assent.coordination.server;

import static dev.assent.coordination.server.TestClient.bytes;
import static dev.assent.coordination.server.TestClient.text;
import static org.apache.zookeeper.ZooDefs.Ids.CREATOR_ALL_ACL;
import static org.apache.zookeeper.ZooDefs.Ids.OPEN_ACL_UNSAFE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.coordination.server.config.ServerConfig;
import dev.assent.coordination.server.config.SuperDigest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.Watcher.WatcherType;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.admin.ZooKeeperAdmin;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the official client may ask for, on one server. */
final class OfficialClientTest {
    private SoloServer server;
    private TestClient client;
    private ZooKeeper zk;

    @SuppressWarnings("NullAway.Init") // The fields are set before each test.
    OfficialClientTest() {}

    @BeforeEach
    void start() throws Exception {
        server = SoloServer.serving();
        client = TestClient.connect(server.connect());
        zk = client.zk();
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void a_znode_is_created_read_changed_and_deleted() throws Exception {
        assertThat(create("/a", "x", CreateMode.PERSISTENT)).isEqualTo("/a");
        Stat stat = new Stat();
        assertThat(text(zk.getData("/a", false, stat))).isEqualTo("x");
        assertThat(stat.getVersion()).isZero();
        assertThat(stat.getDataLength()).isEqualTo(1);

        assertThat(zk.setData("/a", bytes("yy"), 0).getVersion()).isEqualTo(1);
        assertThatThrownBy(() -> zk.setData("/a", bytes("z"), 0))
                .isInstanceOf(KeeperException.BadVersionException.class);
        zk.delete("/a", 1);

        assertThat(zk.exists("/a", false)).isNull();
        assertThatThrownBy(() -> zk.getData("/a", false, null)).isInstanceOf(KeeperException.NoNodeException.class);
    }

    @Test
    void create_answers_with_the_stat_and_the_sequential_name() throws Exception {
        Stat stat = new Stat();
        zk.create("/q", new byte[0], OPEN_ACL_UNSAFE, CreateMode.PERSISTENT, stat);
        assertThat(stat.getCzxid()).isPositive();
        assertThat(create("/q/n-", "1", CreateMode.PERSISTENT_SEQUENTIAL)).isEqualTo("/q/n-0000000000");
        assertThat(create("/q/n-", "2", CreateMode.EPHEMERAL_SEQUENTIAL)).isEqualTo("/q/n-0000000001");

        assertThat(zk.getChildren("/q", false, stat)).containsExactlyInAnyOrder("n-0000000000", "n-0000000001");
        assertThat(stat.getNumChildren()).isEqualTo(2);
        assertThat(zk.getAllChildrenNumber("/q")).isEqualTo(2);
        assertThat(zk.getEphemerals("/q")).containsExactly("/q/n-0000000001");
        assertThatThrownBy(() -> zk.delete("/q", -1)).isInstanceOf(KeeperException.NotEmptyException.class);
    }

    @Test
    void a_multi_is_all_or_nothing_and_tells_which_operation_failed() throws Exception {
        List<OpResult> done = zk.multi(List.of(
                Op.create("/m", bytes("1"), OPEN_ACL_UNSAFE, CreateMode.PERSISTENT),
                Op.create("/m/c", bytes("2"), OPEN_ACL_UNSAFE, CreateMode.PERSISTENT),
                Op.setData("/m", bytes("3"), 0),
                Op.check("/m", 1),
                Op.delete("/m/c", 0)));
        assertThat(done).hasSize(5);
        assertThat(((OpResult.CreateResult) done.get(1)).getPath()).isEqualTo("/m/c");
        assertThat(((OpResult.SetDataResult) done.get(2)).getStat().getVersion())
                .isEqualTo(1);

        assertThatThrownBy(() -> zk.multi(List.of(
                        Op.create("/m/d", bytes("4"), OPEN_ACL_UNSAFE, CreateMode.PERSISTENT), Op.check("/m", 7))))
                .isInstanceOfSatisfying(
                        KeeperException.BadVersionException.class, failure -> assertThat(failure.getResults())
                                .extracting(result -> ((OpResult.ErrorResult) result).getErr())
                                .containsExactly(0, KeeperException.Code.BADVERSION.intValue()));
        assertThat(zk.exists("/m/d", false)).isNull();
        List<OpResult> reads = zk.multi(List.of(Op.getData("/m"), Op.getChildren("/nowhere")));
        assertThat(text(((OpResult.GetDataResult) reads.get(0)).getData())).isEqualTo("3");
        assertThat(((OpResult.ErrorResult) reads.get(1)).getErr()).isEqualTo(KeeperException.Code.NONODE.intValue());
    }

    @Test
    void one_shot_watches_fire_once_for_what_they_wait_for() throws Exception {
        zk.exists("/w", true);
        create("/w", "x", CreateMode.PERSISTENT);
        assertThat(told(client.nextEvent())).isEqualTo("NodeCreated /w");

        zk.getData("/w", true, null);
        zk.setData("/w", bytes("y"), -1);
        zk.setData("/w", bytes("z"), -1);
        assertThat(told(client.nextEvent())).isEqualTo("NodeDataChanged /w");

        zk.getChildren("/w", true);
        create("/w/c", "x", CreateMode.PERSISTENT);
        assertThat(told(client.nextEvent())).isEqualTo("NodeChildrenChanged /w");
        assertThat(client.events()).isEmpty();
    }

    @Test
    void a_recursive_persistent_watch_tells_every_change_below_until_it_is_removed() throws Exception {
        create("/r", "", CreateMode.PERSISTENT);
        zk.addWatch("/r", AddWatchMode.PERSISTENT_RECURSIVE);
        create("/r/a", "", CreateMode.PERSISTENT);
        zk.setData("/r/a", bytes("1"), -1);
        zk.delete("/r/a", -1);

        assertThat(told(client.nextEvent())).isEqualTo("NodeCreated /r/a");
        assertThat(told(client.nextEvent())).isEqualTo("NodeDataChanged /r/a");
        assertThat(told(client.nextEvent())).isEqualTo("NodeDeleted /r/a");
        zk.removeAllWatches("/r", WatcherType.Any, false);
        assertThat(client.nextEvent().getType()).isEqualTo(EventType.PersistentWatchRemoved);
        assertThatThrownBy(() -> zk.removeAllWatches("/r", WatcherType.Any, false))
                .isInstanceOf(KeeperException.NoWatcherException.class);
    }

    @Test
    void an_event_comes_before_the_reply_that_shows_its_change() throws Exception {
        create("/e", "0", CreateMode.PERSISTENT);
        try (TestClient other = TestClient.connect(server.connect())) {
            for (int round = 1; round <= 200; round++) {
                zk.getData("/e", true, null);
                other.zk().setData("/e", bytes("" + round), -1, (rc, path, context, stat) -> {}, null);
                CompletableFuture<Boolean> told = new CompletableFuture<>();
                awaitValue("" + round, told);
                assertThat(told.get(120, TimeUnit.SECONDS)).isTrue();
                client.nextEvent();
            }
        }
    }

    /** Completes with whether the event was there when the value showed: both come on the one event thread. */
    private void awaitValue(String wanted, CompletableFuture<Boolean> told) {
        zk.getData(
                "/e",
                false,
                (rc, path, context, data, stat) -> {
                    if (text(data).equals(wanted)) {
                        told.complete(!client.events().isEmpty());
                    } else {
                        awaitValue(wanted, told);
                    }
                },
                null);
    }

    @Test
    void no_change_slips_between_a_read_and_the_watch_it_sets() throws Exception {
        create("/s", "0", CreateMode.PERSISTENT);
        int last = 3_000;
        List<TestClient> followers = new ArrayList<>();
        try (TestClient writer = TestClient.connect(server.connect())) {
            List<CompletableFuture<Integer>> seenLast = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                TestClient follower = TestClient.connect(server.connect());
                followers.add(follower);
                seenLast.add(new CompletableFuture<>());
                follow(follower.zk(), last, seenLast.get(i));
            }
            for (int i = 1; i <= last; i++) {
                writer.zk().setData("/s", bytes("" + i), -1, (rc, path, context, stat) -> {}, null);
            }
            for (CompletableFuture<Integer> seen : seenLast) {
                assertThat(seen.get(120, TimeUnit.SECONDS)).isEqualTo(last);
            }
        } finally {
            followers.forEach(TestClient::close);
        }
    }

    /**
     * Reads and watches, and again when told; were an event lost, or told before the reply that sets its watch, the
     * last value would never be seen.
     */
    private static void follow(ZooKeeper reader, int last, CompletableFuture<Integer> seenLast) {
        reader.getData(
                "/s",
                event -> follow(reader, last, seenLast),
                (rc, path, context, data, stat) -> {
                    if (rc == 0 && Integer.parseInt(text(data)) == last) {
                        seenLast.complete(last);
                    }
                },
                null);
    }

    @Test
    void a_client_sees_its_own_writes_in_the_order_in_which_it_asked() throws Exception {
        create("/o", "-1", CreateMode.PERSISTENT);
        CompletableFuture<Void> last = new CompletableFuture<>();
        StringBuilder seen = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            boolean watch = i % 5 == 0;
            zk.setData("/o", bytes("" + i), -1, (rc, path, context, stat) -> {}, null);
            zk.getData(
                    "/o",
                    watch,
                    (rc, path, context, data, stat) -> seen.append(text(data)).append(' '),
                    null);
        }
        zk.sync("/o", (rc, path, context) -> last.complete(null), null);
        last.get(120, TimeUnit.SECONDS);

        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            expected.append(i).append(' ');
        }
        assertThat(seen).hasToString(expected.toString());
    }

    @Test
    void digest_acls_let_in_who_knows_the_password_only() throws Exception {
        zk.addAuthInfo("digest", bytes("ann:secret"));
        zk.create("/private", bytes("x"), CREATOR_ALL_ACL, CreateMode.PERSISTENT);
        assertThat(text(zk.getData("/private", false, null))).isEqualTo("x");
        assertThat(zk.whoAmI()).extracting("authScheme").contains("digest", "ip");

        try (TestClient stranger = TestClient.connect(server.connect())) {
            assertThatThrownBy(() -> stranger.zk().getData("/private", false, null))
                    .isInstanceOf(KeeperException.NoAuthException.class);
            assertThatThrownBy(() -> stranger.zk().setData("/private", bytes("y"), -1))
                    .isInstanceOf(KeeperException.NoAuthException.class);
            assertThatThrownBy(() -> stranger.zk().getACL("/private", new Stat()))
                    .isInstanceOf(KeeperException.NoAuthException.class);
            stranger.zk().addAuthInfo("digest", bytes("ann:secret"));
            assertThat(text(stranger.zk().getData("/private", false, null))).isEqualTo("x");
        }
    }

    @Test
    void acls_are_replaced_by_version_and_hide_password_hashes_from_who_may_only_read() throws Exception {
        zk.addAuthInfo("digest", bytes("bob:secret"));
        ACL readable = new ACL(ZooDefs.Perms.READ, ZooDefs.Ids.ANYONE_ID_UNSAFE);
        ACL own = new ACL(ZooDefs.Perms.ALL, new Id("auth", ""));
        zk.create("/acl", bytes("x"), Arrays.asList(readable, own), CreateMode.PERSISTENT);

        Stat stat = new Stat();
        assertThat(zk.getACL("/acl", stat)).hasSize(2);
        try (TestClient stranger = TestClient.connect(server.connect())) {
            assertThat(stranger.zk().getACL("/acl", stat).toString())
                    .contains("bob:x")
                    .doesNotContain("bob:s");
        }
        assertThat(zk.setACL("/acl", Arrays.asList(own), 0).getAversion()).isEqualTo(1);
        assertThatThrownBy(() -> zk.setACL("/acl", Arrays.asList(own), 0))
                .isInstanceOf(KeeperException.BadVersionException.class);
    }

    @Test
    void a_watcher_that_lost_the_right_to_read_is_not_told() throws Exception {
        zk.addAuthInfo("digest", bytes("eve:secret"));
        create("/secret", "", CreateMode.PERSISTENT);
        try (TestClient stranger = TestClient.connect(server.connect())) {
            stranger.zk().addWatch("/secret", AddWatchMode.PERSISTENT_RECURSIVE);
            zk.setACL("/secret", CREATOR_ALL_ACL, -1);
            zk.create("/secret/plan", bytes("x"), CREATOR_ALL_ACL, CreateMode.PERSISTENT);
            create("/secret/open", "x", CreateMode.PERSISTENT);

            assertThat(told(stranger.nextEvent())).isEqualTo("NodeCreated /secret/open");
        }
    }

    @Test
    void the_end_of_a_session_removes_its_ephemeral_znodes_and_tells_the_watchers() throws Exception {
        TestClient brief = TestClient.connect(server.connect());
        brief.zk().create("/lease", bytes("x"), OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
        assertThat(zk.exists("/lease", true)).isNotNull();
        brief.close();

        assertThat(told(client.nextEvent())).isEqualTo("NodeDeleted /lease");
    }

    @Test
    void a_session_goes_on_with_its_password_and_the_older_connection_is_closed() throws Exception {
        create("/mine", "x", CreateMode.EPHEMERAL);
        try (TestClient again = TestClient.resume(server.connect(), zk)) {
            again.await(KeeperState.SyncConnected);
            assertThat(again.zk().getSessionId()).isEqualTo(zk.getSessionId());
            assertThat(again.zk().exists("/mine", false).getEphemeralOwner()).isEqualTo(zk.getSessionId());
            client.await(KeeperState.Disconnected);
        }
    }

    @Test
    void a_wrong_password_means_expired() throws Exception {
        try (TestClient forged = TestClient.claim(server.connect(), zk.getSessionId(), new byte[16])) {
            forged.await(KeeperState.Expired);
        }
        assertThat(zk.exists("/", false)).isNotNull();
    }

    @Test
    void znodes_with_a_time_to_live_end_by_themselves_and_their_watchers_are_told() throws Exception {
        zk.addWatch("/brief", AddWatchMode.PERSISTENT);
        Stat stat = new Stat();
        createTtl("/brief", CreateMode.PERSISTENT_WITH_TTL, stat, 300);
        assertThat(stat.getEphemeralOwner()).isZero();
        assertThat(createTtl("/n-", CreateMode.PERSISTENT_SEQUENTIAL_WITH_TTL, stat, 600_000))
                .isEqualTo("/n-0000000001");

        assertThat(told(client.nextEvent())).isEqualTo("NodeCreated /brief");
        assertThat(told(client.nextEvent())).isEqualTo("NodeDeleted /brief");
        assertThat(zk.exists("/n-0000000001", false)).isNotNull();
        createTtl("/long", CreateMode.PERSISTENT_WITH_TTL, stat, (1L << 40) - 1);
    }

    @Test
    void containers_and_times_to_live_in_a_multi_are_reported_as_the_client_expects_them() throws Exception {
        List<OpResult> done = zk.multi(List.of(
                Op.create("/c", bytes("1"), OPEN_ACL_UNSAFE, CreateMode.CONTAINER),
                Op.create("/c/t", bytes("2"), OPEN_ACL_UNSAFE, CreateMode.PERSISTENT_WITH_TTL, 300),
                Op.create("/c/s", bytes("3"), OPEN_ACL_UNSAFE, CreateMode.PERSISTENT_SEQUENTIAL_WITH_TTL, 300),
                Op.create("/c/p", bytes("4"), OPEN_ACL_UNSAFE, CreateMode.PERSISTENT)));

        assertThat(done)
                .extracting(OpResult::getType)
                .containsExactly(
                        ZooDefs.OpCode.create2, ZooDefs.OpCode.create2, ZooDefs.OpCode.create2, ZooDefs.OpCode.create);
        assertThat(done)
                .extracting(result -> ((OpResult.CreateResult) result).getPath())
                .containsExactly("/c", "/c/t", "/c/s0000000001", "/c/p");
        assertThat(((OpResult.CreateResult) done.get(1)).getStat().getDataLength())
                .isEqualTo(1);
        zk.exists("/c", true);
        zk.delete("/c/p", -1);
        assertThat(told(client.nextEvent())).isEqualTo("NodeDeleted /c");
    }

    @Test
    void what_is_not_offered_is_answered_with_an_error_of_its_own() throws Exception {
        ZooKeeperAdmin admin = new ZooKeeperAdmin(server.connect(), 10_000, event -> {});
        try {
            assertThatThrownBy(() -> admin.reconfigure("", "", "server.1=x:1:2", -1, new Stat()))
                    .isInstanceOf(KeeperException.ReconfigDisabledException.class);
        } finally {
            admin.close();
        }
    }

    @Test
    void somebody_sees_who_it_is_without_the_hash_of_its_password_and_may_prove_its_address_again() throws Exception {
        zk.addAuthInfo("digest", bytes("ann:secret"));
        zk.addAuthInfo("ip", new byte[0]);

        assertThat(zk.whoAmI())
                .extracting(info -> info.getAuthScheme() + ":" + info.getUser())
                .containsExactlyInAnyOrder("ip:127.0.0.1", "digest:ann");
        create("/still", "here", CreateMode.PERSISTENT);
    }

    @Test
    void the_super_user_may_do_everything() throws Exception {
        String digest = DigestAuthenticationProvider.generateDigest("super:secret");
        ServerConfig config = ServerConfig.standalone(Path.of("unused"), 0).withSuperDigest(new SuperDigest(digest));
        try (SoloServer governed = new SoloServer(config)) {
            governed.lead();
            try (TestClient owner = TestClient.connect(governed.connect());
                    TestClient admin = TestClient.connect(governed.connect())) {
                owner.zk().addAuthInfo("digest", bytes("ann:secret"));
                owner.zk().create("/own", bytes("x"), CREATOR_ALL_ACL, CreateMode.PERSISTENT);
                admin.zk().addAuthInfo("digest", bytes("super:wrong"));
                assertThatThrownBy(() -> admin.zk().getData("/own", false, null))
                        .isInstanceOf(KeeperException.NoAuthException.class);
                admin.zk().addAuthInfo("digest", bytes("super:secret"));

                assertThat(text(admin.zk().getData("/own", false, null))).isEqualTo("x");
                admin.zk().setACL("/own", OPEN_ACL_UNSAFE, -1);
                assertThat(admin.zk().whoAmI().toString()).doesNotContain(digest.substring(6));
            }
        }
    }

    private String createTtl(String path, CreateMode mode, Stat stat, long ttl) throws Exception {
        return zk.create(path, bytes("x"), OPEN_ACL_UNSAFE, mode, stat, ttl);
    }

    private String create(String path, String data, CreateMode mode) throws Exception {
        return zk.create(path, bytes(data), OPEN_ACL_UNSAFE, mode);
    }

    private static String told(WatchedEvent event) {
        return event.getType() + " " + event.getPath();
    }
}
