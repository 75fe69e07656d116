package dev.assent.tx.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.assent.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodePropertiesTest {
    @TempDir
    Path folder;

    private Path file(String... lines) throws IOException {
        return Files.writeString(folder.resolve("node.properties"), String.join("\n", lines));
    }

    private void refuses(String line, String... inMessage) throws IOException {
        Path file = file(line);
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> NodeProperties.read(file))
                .satisfies(wrong -> assertThat(wrong.getMessage())
                        .contains("node.properties")
                        .contains(inMessage));
    }

    @Test
    void an_empty_file_is_a_standalone_node_on_the_loopback_address() throws Exception {
        NodeConfig config = NodeProperties.read(file());

        assertThat(config.listen().getAddress().isLoopbackAddress()).isTrue();
        assertThat(config.coordination())
                .isEqualTo(new NodeConfig.Coordination.Standalone(folder.resolve("assent-data")));
    }

    @Test
    void what_stands_in_the_file_is_taken() throws Exception {
        NodeConfig config = NodeProperties.read(file(
                "listen=127.0.0.1:0",
                "node.name=left",
                "shards=8",
                "node.weight=3",
                "node.advertise=node-a.example:7400",
                "peers.silence=700ms",
                "drain.patience=2500ms",
                "acceptor.directory=/var/acceptor",
                "coordination.connect=zk1:2181,zk2:2181",
                "coordination.sessionTimeout=5s",
                "transaction.patience=7s",
                "recovery.interval=300ms"));

        assertThat(config.name()).isEqualTo("left");
        assertThat(config.shards()).hasValue(8);
        assertThat(config.membership())
                .isEqualTo(new NodeConfig.Membership(
                        3, Optional.of("node-a.example:7400"), Duration.ofMillis(700), Duration.ofMillis(2_500)));
        assertThat(config.coordination()).isEqualTo(new NodeConfig.Coordination.Existing("zk1:2181,zk2:2181"));
        assertThat(config.timing().sessionTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.timing().patience()).isEqualTo(Duration.ofSeconds(7));
        assertThat(config.timing().recoveryInterval()).isEqualTo(Duration.ofMillis(300));
        assertThat(config.acceptor()).contains(Path.of("/var/acceptor"));
    }

    @Test
    void a_store_that_is_no_list_of_servers_is_refused_before_anything_starts() throws IOException {
        refuses("coordination.connect=zk1:port", "coordination.connect 'zk1:port'", "host:port");
        refuses("coordination.connect=zk1:2181/a//b", "coordination.connect", "host:port");
    }

    @Test
    void an_unknown_key_is_named_with_the_known_ones() throws IOException {
        refuses("shard=3", "line 1: shard is no key", "did you mean shards?", "node.weight");
        refuses("drain.patienceMillis=5000", "line 1: drain.patienceMillis is no key", "drain.patience");
    }

    @Test
    void a_bad_number_is_named_with_its_key_and_range() throws IOException {
        refuses("shards=many", "shards=many", "1..1024");
        refuses("node.weight=0", "node.weight=0", "1..1000");
        refuses("node.advertise=here", "node.advertise=here", "host:port");
        refuses("shards=0", "shards=0", "1..1024");
        refuses("listen=127.0.0.1:seven", "listen=127.0.0.1:seven", "host:port");
        refuses("drain.patience=5000", "drain.patience=5000", "500ms or 4s");
        refuses("peers.silence=2h", "peers.silence=2h", "100ms..1m");
        refuses("shards=3\nshards=4", "line 2", "already given in line 1");
    }

    @Test
    void two_stores_are_refused_with_the_choice() throws IOException {
        refuses(
                "coordination.connect=zk1:2181\ncoordination.config=zoo.cfg",
                "coordination.connect",
                "coordination.config",
                "only one");
        refuses(
                "coordination.connect=zk1:2181\ncoordination.dataDir=data",
                "coordination.connect",
                "coordination.dataDir",
                "only one");
    }

    @Test
    void listening_beyond_this_machine_must_be_asked_for() throws Exception {
        refuses("listen=0.0.0.0:7400", "listen", "TLS", "insecure=true");
        refuses("insecure=maybe", "insecure=maybe", "true or false");
        refuses("insecure=TRUE", "insecure=TRUE", "true or false");

        assertThat(NodeProperties.read(file("listen=0.0.0.0:7400", "insecure=true"))
                        .listen()
                        .getPort())
                .isEqualTo(7400);
    }

    @Test
    void a_missing_file_is_named_with_where_to_look() {
        Path missing = folder.resolve("elsewhere.properties");

        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> NodeProperties.read(missing))
                .withMessageContaining("elsewhere.properties")
                .withMessageContaining("--help");
    }
}
