package dev.assent.tx.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.security.CertifiedName;
import dev.assent.security.Role;
import dev.assent.security.TlsFiles;
import dev.assent.settings.SettingsException;
import dev.assent.tx.testing.Eventually;
import dev.assent.tx.testing.TestCertificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node that speaks no plain text at all: the server inside it serves clients over TLS only, itself among them. */
@Timeout(300)
final class SecureStoreNodeTest {
    @TempDir
    Path folder;

    private NodeConfig config(List<String> tlsOfNode) throws Exception {
        TestCertificates certificates = new TestCertificates(folder.resolve("certificates"));
        TlsFiles files = certificates.of(new CertifiedName(Role.MEMBER, "1"), new CertifiedName(Role.NODE, "node-1"));
        Files.write(
                folder.resolve("zoo.cfg"),
                List.of(
                        "dataDir=" + folder.resolve("data"),
                        "secureClientPort=0",
                        "secureClientPortAddress=127.0.0.1",
                        "assent.tls.certificate=" + files.certificate(),
                        "assent.tls.key=" + files.key(),
                        "assent.tls.trust=" + files.trust()));
        List<String> lines =
                new ArrayList<>(List.of("listen=127.0.0.1:0", "node.name=node-1", "coordination.config=zoo.cfg"));
        for (String key : tlsOfNode) {
            lines.add(key + "="
                    + switch (key) {
                        case "tls.certificate" -> files.certificate();
                        case "tls.key" -> files.key();
                        default -> files.trust();
                    });
        }
        return NodeProperties.read(Files.write(folder.resolve("node.properties"), lines));
    }

    @Test
    void a_node_is_a_client_over_tls_of_the_server_inside_it() throws Exception {
        NodeConfig config = config(List.of("tls.certificate", "tls.key", "tls.trust"));

        try (CoordinatorNode node = CoordinatorNode.start(config, progress -> {})) {
            Eventually.soon("it leads", () -> !node.led().isEmpty());

            assertThat(node.embeddedServer().orElseThrow().secureConnectString())
                    .isPresent();
        }
    }

    @Test
    void a_node_without_certificates_says_what_it_lacks_to_reach_its_own_server() throws Exception {
        NodeConfig config = config(List.of());

        assertThatThrownBy(() -> CoordinatorNode.start(config, progress -> {}).close())
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("secureClientPort only")
                .hasMessageContaining("tls.certificate");
    }
}
