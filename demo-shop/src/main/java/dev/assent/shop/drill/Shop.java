package dev.assent.shop.drill;

import dev.assent.outbox.relay.Main;
import dev.assent.shop.inventory.InventoryMain;
import dev.assent.shop.order.OrderMain;
import dev.assent.shop.payment.PaymentMain;
import dev.assent.shop.platform.ChildProcess;
import dev.assent.shop.platform.FreePorts;
import dev.assent.shop.platform.JavaCommand;
import dev.assent.shop.platform.KafkaBroker;
import dev.assent.shop.platform.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * The whole shop as processes: three coordinator nodes, two PostgreSQL servers, Kafka, three services, the relay. Any
 * of the JVMs can be killed and started again under its own name. Thread-safe.
 */
final class Shop implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(150);

    private final ShopLayout layout;
    private final Consumer<String> progress;
    private final Map<String, ChildProcess> running = new LinkedHashMap<>();
    private final List<AutoCloseable> platform = new ArrayList<>();

    private Shop(ShopLayout layout, Consumer<String> progress) {
        this.layout = layout;
        this.progress = progress;
    }

    /** Starts everything and returns when checkouts are possible; nothing is left running if it fails. */
    static Shop start(DemoOptions options, FreePorts ports, Consumer<String> progress)
            throws IOException, InterruptedException, SQLException {
        Shop shop = new Shop(ShopLayout.plan(options, ports), progress);
        Thread onExit = new Thread(shop::close, "stop-everything");
        Runtime.getRuntime().addShutdownHook(onExit);
        shop.startPlatform(ports);
        shop.startNodes();
        shop.startServices();
        return shop;
    }

    ShopLayout layout() {
        return layout;
    }

    private void startPlatform(FreePorts ports) throws IOException, InterruptedException, SQLException {
        progress.accept("unpacking PostgreSQL");
        PostgresServer.Programs programs =
                PostgresServer.Programs.unpackInto(layout.directory().resolve("postgres"));
        startPostgres(programs, "postgres-1", layout.postgres1Port(), "order");
        startPostgres(programs, "postgres-2", layout.postgres2Port(), "inventory", "payment");
        progress.accept("starting Kafka");
        adopt(KafkaBroker.start(layout.directory().resolve("kafka"), layout.kafkaPort(), ports.next()));
    }

    private void startPostgres(PostgresServer.Programs programs, String name, int port, String... databases)
            throws IOException, InterruptedException, SQLException {
        progress.accept("starting " + name + " (fsync and synchronous_commit on)");
        PostgresServer server =
                PostgresServer.start(programs, name, layout.directory().resolve(name), port);
        adopt(server);
        for (String database : databases) {
            server.createDatabase(database);
        }
    }

    private void startNodes() throws IOException, InterruptedException {
        progress.accept("starting " + layout.nodes().size() + " coordinator nodes");
        for (ShopLayout.Node node : layout.nodes()) {
            spawn(node.name());
        }
        for (ShopLayout.Node node : layout.nodes()) {
            process(node.name()).awaitReady(START_TIMEOUT);
        }
    }

    private void startServices() throws IOException, InterruptedException {
        progress.accept("starting the services inventory, payment, order, and the relay");
        for (String service : List.of("inventory", "payment", "order")) {
            spawn(service);
        }
        for (String service : List.of("inventory", "payment", "order")) {
            process(service).awaitReady(START_TIMEOUT);
        }
        spawn("relay");
        process("relay").awaitReady(START_TIMEOUT);
    }

    /** Ends a process as a crash would. */
    void kill(String name) throws InterruptedException {
        process(name).kill();
    }

    /** Starts a killed process again, and waits until it serves. */
    void restart(String name) throws IOException, InterruptedException {
        spawn(name);
        process(name).awaitReady(START_TIMEOUT);
    }

    private void spawn(String name) throws IOException {
        Path home = Files.createDirectories(layout.directory().resolve(name));
        ChildProcess started = ChildProcess.start(
                name, command(name).words(), home, home.resolve(name + ".log"), Pattern.compile(" serves"));
        synchronized (this) {
            running.put(name, started);
        }
    }

    private JavaCommand command(String name) throws IOException {
        return switch (name) {
            case "inventory" -> service(InventoryMain.class, name, layout.inventoryPort());
            case "payment" -> service(PaymentMain.class, name, layout.paymentPort());
            case "order" ->
                service(OrderMain.class, name, layout.orderPort())
                        .with(
                                "--shop.inventory-url=http://127.0.0.1:" + layout.inventoryPort(),
                                "--shop.payment-url=http://127.0.0.1:" + layout.paymentPort(),
                                "--shop.kafka=127.0.0.1:" + layout.kafkaPort());
            case "relay" -> JavaCommand.of(Main.class, "-Xmx128m").with(layout.relayProperties());
            default -> JavaCommand.of(dev.assent.tx.node.Main.class, "-Xmx256m").with(layout.nodeProperties(name));
        };
    }

    private JavaCommand service(Class<?> main, String name, int port) {
        return JavaCommand.of(main, "-Xmx192m")
                .with(
                        "--spring.main.banner-mode=off",
                        "--spring.application.name=" + name,
                        "--server.address=127.0.0.1",
                        "--server.port=" + port,
                        "--shop.service=" + name,
                        "--shop.database-url=" + layout.serviceDatabaseUrl(name),
                        "--assent.coordinator.targets=" + layout.targets());
    }

    private synchronized ChildProcess process(String name) {
        ChildProcess process = running.get(name);
        if (process == null) {
            throw new IllegalArgumentException("there is no process '" + name + "' in this run");
        }
        return process;
    }

    private synchronized void adopt(AutoCloseable server) {
        platform.add(server);
    }

    /** Stops everything, clients before what they use. Safe to call twice. */
    @Override
    public void close() {
        List<ChildProcess> children;
        List<AutoCloseable> servers;
        synchronized (this) {
            children = new ArrayList<>(running.values());
            servers = new ArrayList<>(platform);
            running.clear();
            platform.clear();
        }
        children.stream().map(child -> stopper(child.name(), child)).toList().forEach(Shop::join);
        servers.stream().map(server -> stopper("platform", server)).toList().forEach(Shop::join);
    }

    /** They stop side by side: ten processes in turn would try a person's patience. */
    private static Thread stopper(String name, AutoCloseable process) {
        Thread thread = new Thread(
                () -> {
                    try {
                        process.close();
                    } catch (Exception failed) {
                        System.err.println("could not stop " + name + ": " + failed.getMessage());
                    }
                },
                "stop-" + name);
        thread.start();
        return thread;
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
