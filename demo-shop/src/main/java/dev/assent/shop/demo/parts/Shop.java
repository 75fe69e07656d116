package dev.assent.shop.demo.parts;

import dev.assent.coordination.server.FreePorts;
import dev.assent.outbox.relay.Main;
import dev.assent.shop.inventory.InventoryMain;
import dev.assent.shop.order.OrderMain;
import dev.assent.shop.payment.PaymentMain;
import dev.assent.shop.platform.ChildProcess;
import dev.assent.shop.platform.DatabaseTls;
import dev.assent.shop.platform.JavaCommand;
import dev.assent.shop.platform.KafkaBroker;
import dev.assent.shop.platform.Kept;
import dev.assent.shop.platform.PostgresServer;
import dev.assent.shop.platform.Processes;
import dev.assent.shop.platform.Processes.Tier;
import dev.assent.shop.shipping.ShippingMain;
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
 * The whole shop as processes: three coordinator nodes, two PostgreSQL servers, Kafka, four services, the relay. Any
 * of the JVMs can be killed and started again under its own name. Thread-safe.
 */
public final class Shop implements AutoCloseable {
    /** The broker's name among the processes. */
    public static final String BROKER = KafkaBroker.NAME;

    /** The server with the database of the order service. */
    public static final String POSTGRES_1 = "postgres-1";

    /** The server with the others'. */
    public static final String POSTGRES_2 = "postgres-2";

    /** The outbox relay's name. */
    public static final String RELAY = "relay";

    /** Steps of the start that are no processes. */
    private static final String PROGRAMS = "programs of PostgreSQL";

    private static final String SHELVES = "goods and accounts";

    private static final String ORDER = "order";

    /** The service that only hears. */
    public static final String SHIPPING = "shipping";

    private static final Duration START_TIMEOUT = Duration.ofSeconds(150);

    /** How long a service that is stopped goes on with requests. */
    private static final String SHUTDOWN_PATIENCE = "2s";

    private final ShopLayout layout;
    private final Processes processes = new Processes();
    private final Detours detours;
    private final Optional<Kept> kept;
    private final StartUp startUp;
    private volatile PostgresServer.@Nullable Programs programs;

    /** Where the payment service is just now: a drill has it come back on another host. */
    private volatile Host payment;

    private Duration sagasKept = Duration.ofHours(1);

    /** A service's name and port on the host that it runs on. */
    private record Host(String name, int port) {}

    public Shop(ShopLayout layout, Consumer<String> progress) {
        this(layout, progress, Detours.NONE);
    }

    /** {@code detours}: what its processes meet on their ways. */
    public Shop(ShopLayout layout, Consumer<String> progress, Detours detours) {
        this(layout, progress, detours, Optional.empty());
    }

    /** A shop that starts sooner, with what earlier runs have {@code kept}. */
    public Shop(ShopLayout layout, Consumer<String> progress, Detours detours, Optional<Kept> kept) {
        this.layout = layout;
        this.detours = detours;
        this.kept = kept;
        this.payment = new Host("payment", layout.paymentPort());
        this.startUp = plan(progress);
    }

    /** Checkouts need everything but the broker, the relay and shipping, which take their share of the machine when the others have theirs. */
    private StartUp plan(Consumer<String> progress) {
        StartUp plan = new StartUp(progress);
        List<String> nodes = layout.nodes().stream().map(ShopLayout.Node::name).toList();
        nodes.forEach(node -> plan.add(node, List.of(), () -> startAndAwait(Tier.NODES, node)));
        plan.add(PROGRAMS, List.of(), this::unpack);
        plan.add(
                POSTGRES_1,
                List.of(PROGRAMS),
                () -> startPostgres(POSTGRES_1, layout.postgres1Port(), List.of("order")));
        plan.add(
                POSTGRES_2,
                List.of(PROGRAMS),
                () -> startPostgres(POSTGRES_2, layout.postgres2Port(), List.of("inventory", "payment", SHIPPING)));
        for (String service : List.of("inventory", "payment", ORDER)) {
            List<String> needs = new ArrayList<>(nodes);
            needs.add(POSTGRES_2);
            if (service.equals(ORDER)) {
                needs.add(POSTGRES_1); // it works in all three databases where a row of one decides
            }
            plan.add(service, needs, () -> startAndAwait(Tier.SERVICES, service));
        }
        plan.add(SHELVES, List.of("inventory", "payment"), () -> Seeder.seed(layout));
        plan.add(BROKER, List.of(ORDER, SHELVES), this::startBroker);
        for (String service : List.of(RELAY, SHIPPING)) {
            plan.add(service, List.of(BROKER), () -> startAndAwait(Tier.SERVICES, service));
        }
        return plan;
    }

    /**
     * Starts everything, with goods on the shelves, and returns when all of it serves.
     *
     * @throws IOException something did not start, or the shop was closed meanwhile; what was started stays until
     *     {@link #close}
     */
    public void start() throws IOException, InterruptedException, SQLException {
        startUp.run();
    }

    /** Begins with the same, and returns when checkouts are possible; {@link #awaitAll} waits for the rest. */
    public void open() throws IOException, InterruptedException, SQLException {
        List<Thread> unused = startUp.begin();
        startUp.await(SHELVES);
        startUp.await(ORDER);
    }

    public void awaitAll() throws IOException, InterruptedException, SQLException {
        startUp.await(RELAY);
        startUp.await(SHIPPING);
    }

    /** Whether checkouts are possible. */
    public boolean isOpen() {
        return startUp.isDone(ORDER) && startUp.isDone(SHELVES);
    }

    /** How far its start is. */
    public StartUp startUp() {
        return startUp;
    }

    private void unpack() throws IOException, InterruptedException {
        programs = kept.isPresent()
                ? PostgresServer.Programs.in(kept.get())
                : PostgresServer.Programs.unpackInto(layout.directory().resolve(RunDirectory.PROGRAMS));
    }

    private void startPostgres(String name, int port, List<String> databases)
            throws IOException, InterruptedException, SQLException {
        PostgresServer server = PostgresServer.start(
                processes.of(Tier.PLATFORM),
                Optional.ofNullable(programs).orElseThrow(),
                kept,
                new PostgresServer.Place(name, layout.directory().resolve(name), port),
                new DatabaseTls(layout.tls().other(name), layout.tls().run()));
        for (String database : databases) {
            server.createDatabase(database);
        }
    }

    /** On the data that it left, if it has served before. */
    private void startBroker() throws IOException, InterruptedException {
        KafkaBroker unused = KafkaBroker.start(
                processes.of(Tier.PLATFORM),
                layout.directory().resolve(BROKER),
                layout.kafkaPort(),
                layout.kafka().controller(),
                layout.tls().kafka(BROKER, layout.tls().other(BROKER)));
    }

    private void startAndAwait(Tier tier, String name) throws IOException, InterruptedException {
        spawn(tier, name);
        String unused = processes.named(name).awaitReady(START_TIMEOUT);
    }

    public ShopLayout layout() {
        return layout;
    }

    /** Ends a process as a crash would. */
    public void kill(String name) throws InterruptedException {
        processes.named(name).kill();
    }

    /** Ends several at once, as a power cut would; returns when all are gone. */
    public void kill(List<String> names) throws InterruptedException {
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

    /** Starts several again, and returns when each serves; nodes together, as alone none of an ensemble's servers does. */
    public void restart(List<String> names) throws IOException, InterruptedException {
        List<String> nodes = names.stream().filter(layout::hasNode).toList();
        for (String node : nodes) {
            spawn(Tier.NODES, node);
        }
        for (String node : nodes) {
            String unused = processes.named(node).awaitReady(START_TIMEOUT);
        }
        for (String name : names) {
            if (!nodes.contains(name)) {
                restart(name);
            }
        }
    }

    /** Starts a killed process again, and waits until it serves. */
    public void restart(String name) throws IOException, InterruptedException {
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
    public String payment() {
        return payment.name();
    }

    public int paymentPort() {
        return payment.port();
    }

    /** What the dead process had written is out of reach for whoever comes; people still find it. */
    public void loseDisk(String name) throws IOException {
        Path home = layout.directory().resolve(name);
        int losses = 1;
        while (Files.exists(layout.directory().resolve(name + "-lost-" + losses))) {
            losses++;
        }
        Files.move(home, layout.directory().resolve(name + "-lost-" + losses));
    }

    /** The payment service comes back on another host, where nothing of it has ever been. */
    public void startPaymentElsewhere() throws IOException, InterruptedException {
        String other = payment.name().equals("payment") ? ShopLayout.PAYMENT_ELSEWHERE : "payment";
        int port = new FreePorts(new SplittableRandom()).next();
        payment = new Host(other, port);
        detours.toService("payment").leadTo(port);
        restart(other);
    }

    /** Before it starts: how long sagas that have ended are kept in the store. */
    public void keepSagas(Duration kept) {
        sagasKept = kept;
    }

    /** The process of that name, dead or alive. */
    public ChildProcess process(String name) {
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
            case ORDER ->
                service(OrderMain.class, name, name, layout.orderPort())
                        .with(
                                "--shop.databases.inventory=" + layout.serviceDatabaseUrl("inventory", name),
                                "--shop.databases.payment=" + layout.serviceDatabaseUrl("payment", name),
                                "--shop.sagas-kept=" + sagasKept);
            case SHIPPING ->
                JavaCommand.of(ShippingMain.class, "-Xmx96m")
                        .with(layout.shippingArguments(name).toArray(String[]::new));
            case RELAY -> JavaCommand.of(Main.class, "-Xmx128m").with(layout.relayProperties());
            default -> JavaCommand.of(dev.assent.tx.node.Main.class, "-Xmx256m").with(layout.nodeProperties(name));
        };
    }

    /** {@code name}: whom the nodes meet; the service is the same under any. */
    private JavaCommand service(Class<?> main, String service, String name, int port) throws IOException {
        return JavaCommand.of(main, "-Xmx256m")
                .with(
                        "--spring.main.banner-mode=off",
                        "--spring.lifecycle.timeout-per-shutdown-phase=" + SHUTDOWN_PATIENCE,
                        "--spring.application.name=" + name,
                        "--server.address=127.0.0.1",
                        "--server.port=" + port,
                        "--shop.service=" + service,
                        "--shop.instance=" + name,
                        "--shop.url=https://" + detours.service(service, port),
                        "--shop.database-url=" + detours.database(service, layout.serviceDatabaseUrl(service, name)),
                        "--shop.kafka=" + layout.brokers(),
                        "--assent.coordinator.targets=" + detours.targets(service, layout.targets()))
                .with(layout.storeArguments(name).toArray(String[]::new))
                .with(layout.tls().arguments(name).toArray(String[]::new))
                .with(layout.acceptor(service, name).toArray(String[]::new));
    }

    /** Ends every process, users before what they use; returns when all are gone. */
    @Override
    public void close() {
        processes.close();
    }
}
