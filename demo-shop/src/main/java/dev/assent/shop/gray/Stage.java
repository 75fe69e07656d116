package dev.assent.shop.gray;

import dev.assent.coordination.server.FreePorts;
import dev.assent.shop.platform.ChildProcess;
import dev.assent.shop.platform.JavaCommand;
import dev.assent.shop.platform.KafkaBroker;
import dev.assent.shop.platform.Processes;
import dev.assent.shop.platform.Processes.Tier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Every process of a run; what only some rows need is started by the first of them. */
final class Stage implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(90);
    private static final int NODES = 2;

    private final Path directory;
    private final Consumer<String> progress;
    private final Processes processes = new Processes();
    private final FreePorts ports = new FreePorts(new SplittableRandom());
    private final StoreEnsemble store;
    private @Nullable Databases databases;
    private final List<Integer> nodePorts = new ArrayList<>();
    private int agentPort;
    private @Nullable KafkaBroker broker;

    /** {@code library} makes disks stall, where this machine has it. */
    Stage(Path directory, Optional<Path> library, Consumer<String> progress) throws IOException {
        this.directory = directory;
        this.progress = progress;
        store = new StoreEnsemble(processes, directory, library, ports);
    }

    /** Starts the store and the databases. What was started stays until {@link #close}, also after a failure. */
    void start() throws IOException, InterruptedException, SQLException {
        progress.accept("starting three PostgreSQL servers");
        databases = Databases.start(processes, directory, ports);
        progress.accept("starting three servers of the znode store");
        store.start();
    }

    StoreEnsemble store() {
        return store;
    }

    Databases databases() {
        return Optional.ofNullable(databases).orElseThrow();
    }

    /** Coordinator nodes, as services dial them. */
    String nodes() throws IOException, InterruptedException {
        if (nodePorts.isEmpty()) {
            progress.accept("starting " + NODES + " coordinator nodes");
            for (int node = 1; node <= NODES; node++) {
                nodePorts.add(ports.next());
                startNode(node);
            }
            for (int node = 1; node <= NODES; node++) {
                String unused = processes.named("node-" + node).awaitReady(START_TIMEOUT);
            }
        }
        List<String> targets =
                nodePorts.stream().map(port -> "127.0.0.1:" + port).toList();
        return String.join(",", targets);
    }

    private void startNode(int node) throws IOException {
        Path home = Files.createDirectories(directory.resolve("node-" + node));
        Path properties = Files.write(
                home.resolve("node.properties"),
                List.of(
                        "listen=127.0.0.1:" + nodePorts.get(node - 1),
                        "node.name=node-" + node,
                        "coordination.connect=" + store.connectString(),
                        "coordination.sessionTimeout=2s",
                        "transaction.patience=" + Workload.PATIENCE.toMillis() + "ms"));
        ChildProcess unused = processes
                .of(Tier.NODES)
                .start(
                        "node-" + node,
                        JavaCommand.of(dev.assent.tx.node.Main.class, "-Xmx192m")
                                .with(properties)
                                .words(),
                        home,
                        home.resolve("node.log"),
                        Pattern.compile(" serves services on "));
    }

    /** The process of {@link AgentMain}. */
    ChildProcess agent() throws IOException, InterruptedException {
        if (agentPort == 0) {
            String nodes = nodes();
            progress.accept("starting a service that takes part");
            agentPort = ports.next();
            Path home = Files.createDirectories(directory.resolve("agent"));
            ChildProcess agent = processes
                    .of(Tier.SERVICES)
                    .start(
                            "agent",
                            JavaCommand.of(AgentMain.class, "-Xmx192m")
                                    .with(
                                            Integer.toString(agentPort),
                                            nodes,
                                            databases().url(Databases.Name.RIGHT))
                                    .words(),
                            home,
                            home.resolve("agent.log"),
                            Pattern.compile(AgentMain.READY_LINE));
            String unused = agent.awaitReady(START_TIMEOUT);
        }
        return processes.named("agent");
    }

    int agentPort() {
        return agentPort;
    }

    /** The broker, with a relay from the outbox in the left database. */
    KafkaBroker broker() throws IOException, InterruptedException {
        KafkaBroker running = broker;
        if (running == null) {
            progress.accept("starting Kafka and a relay");
            running = KafkaBroker.start(
                    processes.of(Tier.PLATFORM), directory.resolve("kafka"), ports.next(), ports.next());
            broker = running;
            startRelay(running.bootstrap());
        }
        return running;
    }

    private void startRelay(String bootstrap) throws IOException, InterruptedException {
        Path home = Files.createDirectories(directory.resolve("relay"));
        Path properties = Files.write(
                home.resolve("relay.properties"),
                List.of(
                        "relay.name=gray",
                        "schema.shards=2",
                        "database.url=" + databases().url(Databases.Name.LEFT),
                        "database.user=postgres",
                        "kafka.bootstrap.servers=" + bootstrap,
                        "coordination.connect=" + store.connectString()));
        ChildProcess relay = processes
                .of(Tier.SERVICES)
                .start(
                        "relay",
                        JavaCommand.of(dev.assent.outbox.relay.Main.class, "-Xmx128m")
                                .with(properties)
                                .words(),
                        home,
                        home.resolve("relay.log"),
                        Pattern.compile(" serves"));
        String unused = relay.awaitReady(START_TIMEOUT);
    }

    boolean hasRelay() {
        return broker != null;
    }

    /** Everything as it was: disks answer, processes run, those that ended are started again. */
    void mend() throws IOException, InterruptedException {
        for (int id : StoreEnsemble.ids()) {
            store.mend(id);
        }
        databases().mend();
        if (agentPort != 0) {
            Signals.thaw(agent());
        }
        if (broker != null) {
            Signals.thaw(broker.process());
        }
        int unused = store.leader();
    }

    @Override
    public void close() {
        processes.close();
    }
}
