package dev.assent.coordination.server;

import static dev.assent.coordination.server.TestClient.bytes;
import static org.apache.zookeeper.ZooDefs.Ids.OPEN_ACL_UNSAFE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.server.config.ClientAccess;
import dev.assent.coordination.server.config.ServerConfig;
import dev.assent.coordination.server.config.SuperDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;
import org.apache.zookeeper.server.command.FourLetterCommands;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators and monitoring tools ask over the clients' port. */
final class FourLetterWordsTest {
    @TempDir
    Path directory;

    private SoloServer serving(Set<String> words) throws Exception {
        ServerConfig config = ServerConfig.standalone(directory, 0)
                .withWords(words)
                .withSuperDigest(new SuperDigest(DigestAuthenticationProvider.generateDigest("super:secret")));
        SoloServer server = new SoloServer(config);
        server.lead();
        awaitServing(server);
        return server;
    }

    /** Who is granted a session is served; the session outlives the test. */
    private static void awaitServing(SoloServer server) throws IOException {
        try (RawClient first = new RawClient(server.port())) {
            assertThat(first.openSession(40_000, 0)).isNotZero();
        }
    }

    private static String word(SoloServer server, String word) throws IOException {
        try (RawClient client = new RawClient(server.port())) {
            client.send(bytes(word));
            return client.readToEnd();
        }
    }

    @Test
    void every_word_of_zookeepers_is_there_and_each_says_something_of_its_own() throws Exception {
        Set<String> official = new TreeSet<>();
        for (String word : ClientAccess.ALL_WORDS) {
            if (FourLetterCommands.isKnown(java.nio.ByteBuffer.wrap(bytes(word)).getInt())) {
                official.add(word);
            }
        }
        assertThat(official).hasSize(18).isEqualTo(new TreeSet<>(ClientAccess.ALL_WORDS));
        try (SoloServer server = serving(ClientAccess.ALL_WORDS);
                TestClient client = TestClient.connect(server.connect())) {
            client.zk().create("/e", bytes("x"), OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
            client.zk().getChildren("/e", true);
            Set<String> answers = new TreeSet<>();
            for (String word : ClientAccess.ALL_WORDS) {
                String answer = word(server, word);
                assertThat(answer).as(word).isNotEmpty().doesNotContain("whitelist", "no such word", "could not");
                answers.add(answer);
            }
            assertThat(answers).hasSameSizeAs(ClientAccess.ALL_WORDS);
        }
    }

    @Test
    void words_that_are_not_allowed_say_so_and_by_default_the_cheap_ones_are() throws Exception {
        try (SoloServer server = SoloServer.serving()) {
            awaitServing(server);
            assertThat(word(server, "ruok")).isEqualTo("imok");
            assertThat(word(server, "isro")).isEqualTo("rw");
            for (String word : ClientAccess.CHEAP_WORDS) {
                assertThat(word(server, word)).as(word).doesNotContain("not executed");
            }
            for (String costly : new String[] {"dump", "cons", "wchc", "wchp", "dirs", "srst", "crst", "abcd"}) {
                assertThat(word(server, costly))
                        .isEqualTo(costly + " is not executed because it is not in the whitelist.\n");
            }
        }
    }

    @Test
    void sessions_connections_and_watches_are_listed() throws Exception {
        try (SoloServer server = serving(ClientAccess.ALL_WORDS);
                TestClient client = TestClient.connect(server.connect())) {
            client.zk().create("/e", bytes("x"), OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
            client.zk().getData("/e", true, null);
            client.zk().exists("/absent", true);
            String session = "0x" + Long.toHexString(client.zk().getSessionId());

            assertThat(word(server, "dump")).contains("Sessions (2):", session + ":\n\t/e\n");
            assertThat(word(server, "cons")).contains("sid=" + session, "to=10000", " /127.0.0.1:");
            assertThat(word(server, "wchs")).isEqualTo("1 connections watching 2 paths\nTotal watches:2\n");
            assertThat(word(server, "wchc")).startsWith(session + "\n\t/").contains("\t/e\n", "\t/absent\n");
            assertThat(word(server, "wchp")).contains("/e\n\t" + session, "/absent\n\t" + session);
        }
    }

    @Test
    void what_was_asked_and_answered_is_counted_until_it_is_reset() throws Exception {
        try (SoloServer server = serving(ClientAccess.ALL_WORDS);
                TestClient client = TestClient.connect(server.connect())) {
            for (int i = 0; i < 19; i++) {
                client.zk().setData("/", bytes("" + i), -1);
            }
            client.zk().create("/mine", bytes(""), OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
            assertThat(word(server, "srvr"))
                    .containsPattern("Latency min/avg/max: \\d+/\\d+\\.\\d+/\\d+\nReceived: 2\\d\nSent: 2\\d\n")
                    .contains("Outstanding: 0", "Mode: standalone", "Zxid: 0x");
            assertThat(word(server, "mntr"))
                    .containsPattern("zk_packets_received\t2\\d")
                    .containsPattern("zk_open_file_descriptor_count\t\\d+\nzk_max_file_descriptor_count\t\\d+\n")
                    .containsPattern("zk_uptime\t\\d+\n")
                    .contains("zk_avg_latency\t", "zk_ephemerals_count\t1\n", "zk_local_sessions\t0\n")
                    .doesNotContain("zk_peer_state");
            assertThat(word(server, "stat")).contains("Clients:\n /127.0.0.1:", "recved=2");

            assertThat(word(server, "srst")).isEqualTo("Server stats reset.\n");
            assertThat(word(server, "crst")).isEqualTo("Connection stats reset.\n");
            assertThat(word(server, "srvr")).containsPattern("Received: \\d\n");
            assertThat(word(server, "cons")).containsPattern("recved=\\d,");
        }
    }

    @Test
    void the_state_has_a_digest_at_its_position_and_nothing_is_traced() throws Exception {
        try (SoloServer server = serving(ClientAccess.ALL_WORDS);
                TestClient client = TestClient.connect(server.connect())) {
            client.zk().create("/n", bytes("x"), OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            String before = word(server, "hash");
            assertThat(before).matches("[0-9a-f]+:-?\\d+\n").isEqualTo(word(server, "hash"));
            client.zk().setData("/n", bytes("y"), -1);

            assertThat(word(server, "hash")).doesNotStartWith(before.substring(0, before.indexOf(':') + 1));
            assertThat(word(server, "gtmk")).isEqualTo("0");
            assertThat(word(server, "stmk")).contains("no trace mask");
        }
    }

    @Test
    void settings_and_surroundings_are_told_without_secrets() throws Exception {
        Files.write(directory.resolve("some"), new byte[1_234]);
        try (SoloServer server = serving(ClientAccess.ALL_WORDS)) {
            assertThat(word(server, "conf"))
                    .contains("clientPort=" + server.port() + "\n", "dataDir=" + directory, "tickTime=2000\n")
                    .doesNotContain("super");
            assertThat(word(server, "envi"))
                    .startsWith("Environment:\nzookeeper.version=3.9.5-")
                    .contains("java.version=")
                    .doesNotContain("class.path", "secret");
            assertThat(word(server, "dirs")).isEqualTo("datadir_size: 1234\nlogdir_size: 1234\n");
        }
    }
}
