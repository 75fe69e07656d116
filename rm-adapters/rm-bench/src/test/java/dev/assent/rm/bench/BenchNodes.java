package dev.assent.rm.bench;

import dev.assent.coordination.server.FreePorts;
import dev.assent.security.Role;
import dev.assent.security.TlsFiles;
import dev.assent.tx.testing.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Three coordinator nodes in JVMs of their own, clients of the ensemble. */
final class BenchNodes implements AutoCloseable {
    private static final int NODES = 3;

    private final List<JavaChild> nodes = new ArrayList<>();
    private final List<Integer> ports;

    private BenchNodes(List<Integer> ports) {
        this.ports = ports;
    }

    /** Starts nothing when nobody needs them; with {@code certificates} they speak TLS, with the ensemble too. */
    static BenchNodes start(
            boolean wanted,
            JavaChild.JavaSetup setup,
            Path directory,
            String ensemble,
            Optional<TestCertificates> certificates)
            throws IOException {
        BenchNodes started = new BenchNodes(new FreePorts(new Random()).next(NODES));
        for (int i = 0; wanted && i < NODES; i++) {
            Path file = directory.resolve("node" + i + ".properties");
            String tls = certificates.isEmpty() ? "" : tls(certificates.get().of(Role.NODE, "node-" + i));
            Files.writeString(
                    file,
                    "listen=127.0.0.1:" + started.ports.get(i) + "\ncoordination.connect=" + ensemble + "\n" + tls);
            JavaChild node = JavaChild.start(
                    setup, "dev.assent.tx.node.Main", List.of(file.toString()), directory.resolve("node" + i + ".log"));
            started.nodes.add(node);
            node.await(line -> line.contains("serves services"));
        }
        return started;
    }

    private static String tls(TlsFiles files) {
        return Stream.of("tls.", "coordination.tls.")
                .map(prefix -> prefix + "certificate=" + files.certificate() + "\n" + prefix + "key=" + files.key()
                        + "\n" + prefix + "trust=" + files.trust() + "\n")
                .collect(Collectors.joining());
    }

    /** For services. */
    String connect() {
        return ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    }

    /** Processor time of all of them. */
    Duration cpuTime() {
        return nodes.stream().map(JavaChild::cpuTime).reduce(Duration.ZERO, Duration::plus);
    }

    @Override
    public void close() {
        nodes.forEach(JavaChild::close);
    }
}
