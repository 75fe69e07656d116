package dev.assent.coordination.server;

import static dev.assent.coordination.server.TestClient.bytes;
import static dev.assent.coordination.server.TestClient.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.coordination.server.config.ZooCfg;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lines of a zoo.cfg file mean to clients. */
final class ConfiguredServerTest {
    private static final int SESSION_MILLIS_AT = 4;

    @TempDir
    Path directory;

    private SoloServer serving(String... lines) throws Exception {
        Path file = directory.resolve("zoo.cfg");
        Files.writeString(file, "dataDir=" + directory + "\nclientPort=0\n" + String.join("\n", lines) + "\n");
        SoloServer server = new SoloServer(ZooCfg.read(file, false).config());
        server.lead();
        return server;
    }

    private static int granted(SoloServer server, int askedMillis) throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.requestSession(askedMillis, 0);
            return ByteBuffer.wrap(client.readFrame()).getInt(SESSION_MILLIS_AT);
        }
    }

    private static String word(SoloServer server, String word) throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send(bytes(word));
            return client.readToEnd();
        }
    }

    @Test
    void session_timeouts_of_minus_one_are_two_and_twenty_ticks() throws Exception {
        try (SoloServer server = serving("tickTime=500", "minSessionTimeout=-1", "maxSessionTimeout=-1")) {
            assertThat(granted(server, 1)).isEqualTo(1_000);
            assertThat(granted(server, 5_000)).isEqualTo(5_000);
            assertThat(granted(server, 60_000)).isEqualTo(10_000);
        }
        try (SoloServer server = serving("tickTime=500", "minSessionTimeout=300", "maxSessionTimeout=90000")) {
            assertThat(granted(server, 1)).isEqualTo(300);
            assertThat(granted(server, 100_000)).isEqualTo(90_000);
        }
    }

    @Test
    void the_super_digest_of_the_file_opens_everything_to_who_knows_its_password() throws Exception {
        String digest = DigestAuthenticationProvider.generateDigest("super:secret");
        try (SoloServer server = serving("DigestAuthenticationProvider.superDigest=" + digest);
                TestClient owner = TestClient.connect(server.connect());
                TestClient admin = TestClient.connect(server.connect())) {
            owner.zk().addAuthInfo("digest", bytes("ann:secret"));
            owner.zk().create("/own", bytes("x"), ZooDefs.Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT);
            assertThatThrownBy(() -> admin.zk().getData("/own", false, null))
                    .isInstanceOf(KeeperException.NoAuthException.class);
            admin.zk().addAuthInfo("digest", bytes("super:secret"));

            assertThat(text(admin.zk().getData("/own", false, null))).isEqualTo("x");
        }
    }

    @Test
    void addresses_of_both_protocols_and_ranges_of_them_open_znodes_to_who_connects_from_there() throws Exception {
        try (SoloServer server = serving("clientPortAddress=::1");
                TestClient client = TestClient.connect("[::1]:" + server.port())) {
            ZooKeeper zk = client.zk();
            assertThat(zk.whoAmI()).extracting("user").containsExactly("0:0:0:0:0:0:0:1");
            for (String mine : List.of("::1", "0:0:0:0:0:0:0:1", "::/64", "::2/126", "::/0")) {
                assertThat(text(zk.getData(createFor(zk, mine), false, null))).isEqualTo("x");
            }
            for (String others : List.of("::2", "::2/127", "fe80::/10", "127.0.0.1", "0.0.0.0/0")) {
                String path = createFor(zk, others);
                assertThatThrownBy(() -> zk.getData(path, false, null))
                        .as(others)
                        .isInstanceOf(KeeperException.NoAuthException.class);
            }
            for (String wrong : List.of("::1/129", "::g", "1::2::3", "localhost")) {
                assertThatThrownBy(() -> createFor(zk, wrong))
                        .as(wrong)
                        .isInstanceOf(KeeperException.InvalidACLException.class);
            }
        }
        try (SoloServer server = serving();
                TestClient client = TestClient.connect(server.connect())) {
            for (String mine : List.of("127.0.0.1", "127.0.0.0/8", "0.0.0.0/0")) {
                assertThat(text(client.zk().getData(createFor(client.zk(), mine), false, null)))
                        .isEqualTo("x");
            }
            String path = createFor(client.zk(), "::/0");
            assertThatThrownBy(() -> client.zk().getData(path, false, null))
                    .isInstanceOf(KeeperException.NoAuthException.class);
        }
    }

    private static String createFor(ZooKeeper zk, String range) throws Exception {
        ACL acl = new ACL(ZooDefs.Perms.READ, new Id("ip", range));
        return zk.create("/n-", bytes("x"), Arrays.asList(acl), CreateMode.PERSISTENT_SEQUENTIAL);
    }

    @Test
    void the_words_on_the_list_are_answered_and_no_others() throws Exception {
        try (SoloServer server = serving("4lw.commands.whitelist=ruok, envi")) {
            assertThat(word(server, "ruok")).isEqualTo("imok");
            assertThat(word(server, "envi")).startsWith("Environment:\n");
            assertThat(word(server, "srvr")).contains("not in the whitelist");
        }
    }
}
