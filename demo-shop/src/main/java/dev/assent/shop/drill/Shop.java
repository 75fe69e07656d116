package dev.assent.shop.drill;

import dev.assent.coordination.server.FreePorts;
import dev.assent.outbox.relay.Main;
import dev.assent.shop.inventory.InventoryMain;
import dev.assent.shop.order.OrderMain;
import dev.assent.shop.payment.PaymentMain;
import dev.assent.shop.platform.ChildProcess;
import dev.assent.shop.platform.JavaCommand;
import dev.assent.shop.platform.KafkaBroker;
import dev.assent.shop.platform.PostgresServer;
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

/**
 * The whole shop as processes: three coordinator nodes, two PostgreSQL servers, Kafka, three services, the relay. Any
 * of the JVMs can be killed and started again under its own name. Thread-safe.
 */
final class Shop implements AutoCloseable {
    /** The broker's name among the processes. */
    static final String BROKER = KafkaBroker.NAME;

    /** The server with the database of the order service. */
    static final String POSTGRES_1 = "postgres-1";

    /** The server with the others'. */
    static final String POSTGRES_2 = "postgres-2";

    private static final Duration START_TIMEOUT = Duration.ofSeconds(150);

    /** How long a service that is stopped goes on with requests. */
    private static final String SHUTDOWN_PATIENCE = "2s";

    private final ShopLayout layout;
    private final Consumer<String> progress;
    private final Processes processes = new Processes();
    private final Detours detours;
    private volatile PostgresServer.@Nullable Programs programs;

    /** Where the payment service is just now: a drill has it come back on another host. */
    private volatile Host payment;

    /** A service's name and port on the host that it runs on. */
    private record Host(String name, int port) {}

    Shop(ShopLayout layout, Consumer<String> progress) {
        this(layout, progress, Detours.NONE);
    }

    /** {@code detours}: what its processes meet on their ways. */
    Shop(ShopLayout layout, Consumer<String> progress, Detours detours) {
        this.layout = layout;
        this.progress = progress;
        this.detours = detours;
        this.payment = new Host("payment", layout.paymentPort());
    }

    /**
     * Starts everything and returns when checkouts are possible.
     *
     * @throws IOException something did not start, or the shop was closed meanwhile; what was started stays until
     *     {@link #close}
     */
    void start() throws IOException, InterruptedException, SQLException {
        spawnNodes();
        startPlatform();
        awaitNodes();
        startServices();
    }

    ShopLayout layout() {
        return layout;
    }

    private void startPlatform() throws IOException, InterruptedException, SQLException {
        progress.accept("unpacking PostgreSQL");
        PostgresServer.Programs unpacked =
                PostgresServer.Programs.unpackInto(layout.directory().resolve(RunDirectory.PROGRAMS));
        programs = unpacked;
        startPostgres(unpacked, POSTGRES_1, layout.postgres1Port(), "order");
        startPostgres(unpacked, POSTGRES_2, layout.postgres2Port(), "inventory", "payment");
        progress.accept("starting Kafka");
        startBroker();
    }

    /** On the data that it left, if it has served before. */
    private void startBroker() throws IOException, InterruptedException {
        KafkaBroker unused = KafkaBroker.start(
                processes.of(Tier.PLATFORM),
                layout.directory().resolve(BROKER),
                layout.kafkaPort(),
                layout.kafka().controller());
    }

    private void startPostgres(PostgresServer.Programs programs, String name, int port, String... databases)
            throws IOException, InterruptedException, SQLException {
        progress.accept("starting " + name + " (fsync and synchronous_commit on)");
        PostgresServer server = PostgresServer.start(
                processes.of(Tier.PLATFORM), programs, name, layout.directory().resolve(name), port);
        for (String database : databases) {
            server.createDatabase(database);
        }
    }

    /** They need nothing of what comes next, and show from then on what there is. */
    private void spawnNodes() throws IOException {
        progress.accept(
                "starting " + layout.nodes().size() + " coordinator nodes; their consoles: " + layout.consoles());
        for (ShopLayout.Node node : layout.nodes()) {
            spawn(Tier.NODES, node.name());
        }
    }

    private void awaitNodes() throws IOException, InterruptedException {
        progress.accept("waiting for the coordinator nodes");
        for (ShopLayout.Node node : layout.nodes()) {
            processes.named(node.name()).awaitReady(START_TIMEOUT);
        }
    }

    private void startServices() throws IOException, InterruptedException {
        progress.accept("starting the services inventory, payment, order, and the relay");
        for (String service : List.of("inventory", "payment", "order")) {
            spawn(Tier.SERVICES, service);
        }
        for (String service : List.of("inventory", "payment", "order")) {
            processes.named(service).awaitReady(START_TIMEOUT);
        }
        spawn(Tier.SERVICES, "relay");
        processes.named("relay").awaitReady(START_TIMEOUT);
    }

    /** Ends a process as a crash would. */
    void kill(String name) throws InterruptedException {
        processes.named(name).kill();
    }

    /** Ends several at once, as a power cut would; returns when all are gone. */
    void kill(List<String> names) throws InterruptedException {
        List<Thread> killers = new ArrayList<>();
        for (String name : names) {
            Thread killer = new Thread(() -> end(name), "kill-" + name);
            killer.start();
            killers.add(killer);
        }
        for (Thread killer : killers) {
            killer.join();
        }
    }

    private void end(String name) {
        try {
            kill(name);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Starts several again, and waits until each serves: alone none of an ensemble's servers does. */
    void restart(List<String> names) throws IOException, InterruptedException {
        for (String name : names) {
            spawn(layout.hasNode(name) ? Tier.NODES : Tier.SERVICES, name);
        }
        for (String name : names) {
            processes.named(name).awaitReady(START_TIMEOUT);
        }
    }

    /** Starts a killed process again, and waits until it serves. */
    void restart(String name) throws IOException, InterruptedException {
        if (name.equals(BROKER)) {
            startBroker();
            return;
        }
        if (name.equals(POSTGRES_1) || name.equals(POSTGRES_2)) {
            restartPostgres(name);
            return;
        }
        spawn(layout.hasNode(name) ? Tier.NODES : Tier.SERVICES, name);
        processes.named(name).awaitReady(START_TIMEOUT);
    }

    private void restartPostgres(String name) throws IOException, InterruptedException {
        PostgresServer unused = PostgresServer.startAfterKill(
                processes.of(Tier.PLATFORM),
                Optional.ofNullable(programs).orElseThrow(),
                name,
                layout.directory().resolve(name),
                name.equals(POSTGRES_1) ? layout.postgres1Port() : layout.postgres2Port());
    }

    /** The name of the payment service's process. */
    String payment() {
        return payment.name();
    }

    int paymentPort() {
        return payment.port();
    }

    /** What the dead process had written is out of reach for whoever comes; people still find it. */
    void loseDisk(String name) throws IOException {
        Path home = layout.directory().resolve(name);
        int losses = 1;
        while (Files.exists(layout.directory().resolve(name + "-lost-" + losses))) {
            losses++;
        }
        Files.move(home, layout.directory().resolve(name + "-lost-" + losses));
    }

    /** The payment service comes back on another host, where nothing of it has ever been. */
    void startPaymentElsewhere() throws IOException, InterruptedException {
        String other = payment.name().equals("payment") ? ShopLayout.PAYMENT_ELSEWHERE : "payment";
        int port = new FreePorts(new SplittableRandom()).next();
        payment = new Host(other, port);
        detours.toService("payment").leadTo(port);
        restart(other);
    }

    /** The process of that name, dead or alive. */
    ChildProcess process(String name) {
        return processes.named(name);
    }

    private void spawn(Tier tier, String name) throws IOException {
        Path home = Files.createDirectories(layout.directory().resolve(name));
        ChildProcess unused =
                processes.of(tier).start(name, words(name), home, layout.log(name), Pattern.compile(" serves"));
    }

    private List<String> words(String name) throws IOException {
        List<String> words = new ArrayList<>(detours.prefix(name));
        words.addAll(command(name).words());
        return words;
    }

    private JavaCommand command(String name) throws IOException {
        return switch (name) {
            case "inventory" -> service(InventoryMain.class, name, name, layout.inventoryPort());
            case "payment", ShopLayout.PAYMENT_ELSEWHERE -> service(PaymentMain.class, "payment", name, payment.port());
            case "order" ->
                service(OrderMain.class, name, name, layout.orderPort())
                        .with(
                                "--shop.inventory-url=https://127.0.0.1:" + layout.inventoryPort(),
                                "--shop.payment-url=https://" + detours.service("payment", layout.paymentPort()),
                                "--shop.kafka=127.0.0.1:" + layout.kafkaPort());
            case "relay" -> JavaCommand.of(Main.class, "-Xmx128m").with(layout.relayProperties());
            default -> JavaCommand.of(dev.assent.tx.node.Main.class, "-Xmx256m").with(layout.nodeProperties(name));
        };
    }

    /** {@code name}: whom the nodes meet; the service is the same under any. */
    private JavaCommand service(Class<?> main, String service, String name, int port) throws IOException {
        return JavaCommand.of(main, "-Xmx192m")
                .with(
                        "--spring.main.banner-mode=off",
                        "--spring.lifecycle.timeout-per-shutdown-phase=" + SHUTDOWN_PATIENCE,
                        "--spring.application.name=" + name,
                        "--server.address=127.0.0.1",
                        "--server.port=" + port,
                        "--shop.service=" + service,
                        "--shop.database-url=" + detours.database(service, layout.serviceDatabaseUrl(service)),
                        "--assent.coordinator.targets=" + detours.targets(service, layout.targets()))
                .with(layout.tls().arguments(name).toArray(String[]::new))
                .with(layout.threePhase(service).toArray(String[]::new));
    }

    /** Ends every process, users before what they use; returns when all are gone. */
    @Override
    public void close() {
        processes.close();
    }
}
