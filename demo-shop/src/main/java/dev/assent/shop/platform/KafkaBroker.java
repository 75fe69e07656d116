package dev.assent.shop.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** One Kafka broker (KRaft, its own controller) as a child process. */
public final class KafkaBroker implements AutoCloseable {
    /** The process's name. */
    public static final String NAME = "kafka";

    private static final Duration START_TIMEOUT = Duration.ofSeconds(90);

    private final ChildProcess process;
    private final int port;

    private KafkaBroker(ChildProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts a broker with its log under {@code home}, a new one or the one that was there before; returns when it accepts
     * clients. It ends with the process that {@code launcher} starts.
     */
    public static KafkaBroker start(Launcher launcher, Path home, int brokerPort, int controllerPort)
            throws IOException, InterruptedException {
        return start(launcher, home, brokerPort, controllerPort, Map.of());
    }

    /**
     * The same; it speaks TLS only, with whoever shows a certificate that it trusts.
     *
     * @param tls what Kafka is to be told of its own certificate; empty: plain text
     */
    public static KafkaBroker start(
            Launcher launcher, Path home, int brokerPort, int controllerPort, Map<String, String> tls)
            throws IOException, InterruptedException {
        Files.createDirectories(home);
        Path properties = home.resolve("server.properties");
        List<String> lines =
                new ArrayList<>(settings(home, brokerPort, controllerPort, tls.isEmpty() ? "PLAINTEXT" : "SSL"));
        tls.forEach((key, value) -> lines.add(key + "=" + value));
        if (!tls.isEmpty()) {
            lines.add("ssl.client.auth=required");
        }
        Files.write(properties, lines);
        List<String> command = JavaCommand.of(KafkaMain.class, "-Xmx384m")
                .with(properties.toString())
                .words();
        ChildProcess process =
                launcher.start(NAME, command, home, home.resolve("kafka.log"), Pattern.compile(KafkaMain.READY_LINE));
        try {
            process.awaitReady(START_TIMEOUT);
        } catch (IOException | InterruptedException failed) {
            process.close();
            throw failed;
        }
        return new KafkaBroker(process, brokerPort);
    }

    private static List<String> settings(Path home, int brokerPort, int controllerPort, String protocol) {
        return List.of(
                "process.roles=broker,controller",
                "node.id=1",
                "controller.quorum.voters=1@127.0.0.1:" + controllerPort,
                "listeners=CLIENTS://127.0.0.1:" + brokerPort + ",CONTROLLER://127.0.0.1:" + controllerPort,
                "advertised.listeners=CLIENTS://127.0.0.1:" + brokerPort,
                "controller.listener.names=CONTROLLER",
                "inter.broker.listener.name=CLIENTS",
                "listener.security.protocol.map=CONTROLLER:" + protocol + ",CLIENTS:" + protocol,
                "log.dirs=" + home.resolve("data"),
                "num.partitions=4",
                "offsets.topic.replication.factor=1",
                "offsets.topic.num.partitions=4",
                "transaction.state.log.replication.factor=1",
                "transaction.state.log.min.isr=1",
                "transaction.state.log.num.partitions=4",
                "share.coordinator.state.topic.replication.factor=1",
                "share.coordinator.state.topic.min.isr=1",
                "share.coordinator.state.topic.num.partitions=1",
                "group.initial.rebalance.delay.ms=0");
    }

    public String bootstrap() {
        return "127.0.0.1:" + port;
    }

    public ChildProcess process() {
        return process;
    }

    @Override
    public void close() {
        process.close();
    }
}
