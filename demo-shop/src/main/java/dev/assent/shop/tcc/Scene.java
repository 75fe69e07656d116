package dev.assent.shop.tcc;

import dev.assent.coordination.server.FreePorts;
import dev.assent.shop.platform.ChildProcess;
import dev.assent.shop.platform.JavaCommand;
import dev.assent.shop.platform.PostgresServer;
import dev.assent.shop.platform.Processes;
import dev.assent.shop.platform.Processes.Tier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** All processes, each of which can be started again where it was. */
final class Scene implements AutoCloseable {
    static final List<String> SERVICES = List.of(PlannedFault.STOCK, PlannedFault.TILL);
    private static final List<String> OTHERS =
            List.of(PlannedFault.STORE, node(1), node(2), PlannedFault.STOCK, PlannedFault.TILL, PlannedFault.CALLER);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(90);
    private static final int NODES = 2;
    private static final String TABLE =
            "create table reservation (id uuid primary key, confirmed int not null default 0,"
                    + " cancelled int not null default 0)";

    private final Path directory;
    private final PlantedBug bug;
    private final Processes processes = new Processes();
    private final Map<String, Integer> ports = new HashMap<>();
    private PostgresServer.@Nullable Programs programs;
    private @Nullable PostgresServer postgres;

    Scene(Path directory, PlantedBug bug) throws IOException {
        this.directory = directory;
        this.bug = bug;
        FreePorts free = new FreePorts(new SplittableRandom());
        for (String name : PlannedFault.VICTIMS) {
            ports.put(name, free.next());
        }
    }

    static String node(int number) {
        return "node-" + number;
    }

    int port(String name) {
        return Optional.ofNullable(ports.get(name)).orElseThrow();
    }

    void start() throws IOException, InterruptedException, SQLException {
        spawn(PlannedFault.STORE);
        PostgresServer.Programs unpacked = PostgresServer.Programs.unpackInto(directory.resolve("programs"));
        programs = unpacked;
        PostgresServer started = PostgresServer.start(
                processes.of(Tier.PLATFORM),
                unpacked,
                PlannedFault.DATABASE,
                home(PlannedFault.DATABASE),
                port(PlannedFault.DATABASE));
        postgres = started;
        for (String service : SERVICES) {
            started.createDatabase(service);
            try (Connection connection = DriverManager.getConnection(url(service));
                    Statement statement = connection.createStatement()) {
                statement.execute(TABLE);
            }
        }
        ready(PlannedFault.STORE);
        for (int node = 1; node <= NODES; node++) {
            spawn(node(node));
        }
        for (int node = 1; node <= NODES; node++) {
            ready(node(node));
        }
        for (String name : List.of(PlannedFault.STOCK, PlannedFault.TILL, PlannedFault.CALLER)) {
            spawn(name);
        }
        for (String name : List.of(PlannedFault.STOCK, PlannedFault.TILL, PlannedFault.CALLER)) {
            ready(name);
        }
    }

    ChildProcess process(String name) {
        return processes.named(name);
    }

    private Path home(String name) {
        return directory.resolve(name);
    }

    private void ready(String name) throws IOException, InterruptedException {
        String unused = process(name).awaitReady(START_TIMEOUT);
    }

    /** Whatever has ended runs again, and serves. */
    void mend() throws IOException, InterruptedException {
        if (!process(PlannedFault.DATABASE).isAlive()) {
            postgres = PostgresServer.startAfterKill(
                    processes.of(Tier.PLATFORM),
                    Optional.ofNullable(programs).orElseThrow(),
                    PlannedFault.DATABASE,
                    home(PlannedFault.DATABASE),
                    port(PlannedFault.DATABASE));
        }
        for (String name : OTHERS) {
            if (!process(name).isAlive()) {
                spawn(name);
                ready(name);
            }
        }
    }

    private void spawn(String name) throws IOException {
        switch (name) {
            case PlannedFault.STORE ->
                spawn(
                        Tier.PLATFORM,
                        name,
                        dev.assent.coordination.server.Main.class,
                        " serving clients on ",
                        storeFile());
            case PlannedFault.STOCK, PlannedFault.TILL ->
                spawn(
                        Tier.SERVICES,
                        name,
                        ServiceMain.class,
                        ServiceMain.READY_LINE,
                        name,
                        Integer.toString(port(name)),
                        nodes(),
                        url(name),
                        bug.name());
            case PlannedFault.CALLER ->
                spawn(
                        Tier.SERVICES,
                        name,
                        CallerMain.class,
                        CallerMain.READY_LINE,
                        Integer.toString(port(name)),
                        nodes(),
                        Integer.toString(port(PlannedFault.STOCK)),
                        Integer.toString(port(PlannedFault.TILL)));
            default -> spawn(Tier.NODES, name, dev.assent.tx.node.Main.class, " serves services on ", nodeFile(name));
        }
    }

    private void spawn(Tier tier, String name, Class<?> main, String ready, String... arguments) throws IOException {
        Path home = Files.createDirectories(home(name));
        ChildProcess unused = processes
                .of(tier)
                .start(
                        name,
                        JavaCommand.of(main, "-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
                                .with(arguments)
                                .words(),
                        home,
                        home.resolve(name + ".log"),
                        Pattern.compile(ready));
    }

    private String storeFile() throws IOException {
        Path home = Files.createDirectories(home(PlannedFault.STORE));
        return Files.write(
                        home.resolve("zoo.cfg"),
                        List.of(
                                "tickTime=500",
                                "dataDir=" + Files.createDirectories(home.resolve("data")),
                                "clientPort=" + port(PlannedFault.STORE),
                                "clientPortAddress=127.0.0.1"))
                .toString();
    }

    private String nodeFile(String name) throws IOException {
        Path home = Files.createDirectories(home(name));
        return Files.write(
                        home.resolve("node.properties"),
                        List.of(
                                "listen=127.0.0.1:" + port(name),
                                "node.name=" + name,
                                "coordination.connect=127.0.0.1:" + port(PlannedFault.STORE),
                                "coordination.sessionTimeout=2s",
                                "transaction.patience=3s",
                                "recovery.interval=500ms"))
                .toString();
    }

    private String nodes() {
        return "127.0.0.1:" + port(node(1)) + ",127.0.0.1:" + port(node(2));
    }

    private String url(String service) {
        return Optional.ofNullable(postgres).orElseThrow().jdbcUrl(service);
    }

    /** Branches of a service that are tried and not ended. */
    long unended(String service) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url(service));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from assent_tcc_fence where state = 'TRIED'")) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Every try that has committed in a service, and how often it was ended. */
    Map<UUID, Judge.Ends> reservations(String service) throws SQLException {
        Map<UUID, Judge.Ends> all = new HashMap<>();
        try (Connection connection = DriverManager.getConnection(url(service));
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select id, confirmed, cancelled from reservation")) {
            while (rows.next()) {
                all.put(rows.getObject(1, UUID.class), new Judge.Ends(rows.getInt(2), rows.getInt(3)));
            }
        }
        return all;
    }

    @Override
    public void close() {
        processes.close();
    }
}
