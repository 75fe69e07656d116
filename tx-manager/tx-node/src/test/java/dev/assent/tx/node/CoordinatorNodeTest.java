package dev.assent.tx.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.assent.settings.SettingsException;
import dev.assent.tx.testing.Eventually;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoordinatorNodeTest {
    @TempDir
    Path folder;

    private NodeConfig config(Duration sessionTimeout) {
        return new NodeConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                "node",
                1,
                new NodeConfig.Coordination.Standalone(folder),
                new NodeConfig.Timing(
                        sessionTimeout, Duration.ofMinutes(5), Duration.ofSeconds(30), Duration.ofSeconds(2)));
    }

    @Test
    void a_wrong_setting_found_late_leaves_no_server_behind() throws Exception {
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> CoordinatorNode.start(config(Duration.ofMillis(1)), progress -> {})
                        .close())
                .withMessageContaining("session time-out");

        // A server left running would hold the directory.
        try (CoordinatorNode node = CoordinatorNode.start(config(Duration.ofSeconds(30)), progress -> {})) {
            assertThat(node.port()).isPositive();
            Eventually.soon("it leads", () -> !node.led().isEmpty());
        }
    }
}
