package dev.assent.shop.saga;

import dev.assent.coordination.server.FreePorts;
import dev.assent.shop.gray.Signals;
import dev.assent.shop.gray.StoreEnsemble;
import dev.assent.shop.platform.ChildProcess;
import dev.assent.shop.platform.JavaCommand;
import dev.assent.shop.platform.PostgresServer;
import dev.assent.shop.platform.Processes;
import dev.assent.shop.platform.Processes.Tier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.regex.Pattern;

/** Every process of a run. One thread at a time, but for {@link #kill} and {@link #freeze}. */
final class SagaStage implements AutoCloseable {
    static final List<String> EXECUTORS = List.of("executor-1", "executor-2", "executor-3");
    private static final List<String> SERVICES = List.of("hotel", "airline");
    private static final String DATABASE = "postgres";
    private static final String LEDGER = "ledger";
    private static final Duration START_TIMEOUT = Duration.ofSeconds(90);
    private static final String[] JVM = {"-Xmx96m", "-Xss512k"};

    private final Path directory;
    private final Gate gate;
    private final Processes processes = new Processes();
    private final StoreEnsemble store;
    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final int databasePort;
    private final List<String> frozen = new ArrayList<>();
    private Optional<PostgresServer.Programs> programs = Optional.empty();
    private String databaseUrl = "";
    private String ledgerUrl = "";

    SagaStage(Path directory, Gate gate) throws IOException {
        this.directory = directory;
        this.gate = gate;
        FreePorts free = new FreePorts(new SplittableRandom());
        store = new StoreEnsemble(processes, directory, Optional.empty(), free);
        for (String name : SERVICES) {
            ports.put(name, free.next());
        }
        for (String name : EXECUTORS) {
            ports.put(name, free.next());
        }
        databasePort = free.next();
    }

    void start() throws IOException, InterruptedException, SQLException {
        PostgresServer.Programs unpacked = PostgresServer.Programs.unpackInto(directory.resolve("programs"));
        programs = Optional.of(unpacked);
        PostgresServer database =
                PostgresServer.start(processes.of(Tier.PLATFORM), unpacked, DATABASE, home(DATABASE), databasePort);
        databaseUrl = database.jdbcUrl("postgres");
        database.createDatabase(LEDGER);
        ledgerUrl = database.jdbcUrl(LEDGER);
        Effects.createTables(databaseUrl);
        Effects.createTables(ledgerUrl);
        store.start();
        for (String name : ports.keySet()) {
            spawn(name);
        }
        for (String name : ports.keySet()) {
            String unused = processes.named(name).awaitReady(START_TIMEOUT);
        }
    }

    private Path home(String name) {
        return directory.resolve(name);
    }

    String storeAddress() {
        return store.connectString();
    }

    String databaseUrl() {
        return databaseUrl;
    }

    String ledgerUrl() {
        return ledgerUrl;
    }

    int port(String name) {
        return Optional.ofNullable(ports.get(name)).orElseThrow();
    }

    private void spawn(String name) throws IOException {
        Path home = Files.createDirectories(home(name));
        boolean executes = EXECUTORS.contains(name);
        List<String> arguments = new ArrayList<>(List.of(name, Integer.toString(port(name))));
        if (executes) {
            arguments.add(storeAddress());
        }
        arguments.add(databaseUrl);
        if (executes) {
            arguments.add(ledgerUrl);
        }
        arguments.add(Integer.toString(gate.port()));
        if (executes) {
            SERVICES.forEach(service -> arguments.add(Integer.toString(port(service))));
        }
        ChildProcess unused = processes
                .of(executes ? Tier.SERVICES : Tier.NODES)
                .start(
                        name,
                        JavaCommand.of(executes ? ExecutorMain.class : ServiceMain.class, JVM)
                                .with(arguments.toArray(String[]::new))
                                .words(),
                        home,
                        home.resolve(name + ".log"),
                        Pattern.compile(executes ? ExecutorMain.READY_LINE : ServiceMain.READY_LINE));
    }

    /** SIGKILL. */
    void kill(String name) throws InterruptedException {
        processes.named(name).kill();
    }

    void killDatabase() throws InterruptedException {
        kill(DATABASE);
    }

    void killStoreServer(int id) throws InterruptedException {
        store.process(id).kill();
    }

    /** SIGSTOP, until {@link #mend}. */
    synchronized void freeze(String name) throws IOException, InterruptedException {
        Signals.freeze(processes.named(name));
        frozen.add(name);
    }

    synchronized boolean hasFrozen() {
        return !frozen.isEmpty();
    }

    /** Everything that was killed serves again, and what was stopped goes on. */
    void mend() throws IOException, InterruptedException {
        synchronized (this) {
            for (String name : frozen) {
                Signals.thaw(processes.named(name));
            }
            frozen.clear();
        }
        if (!processes.named(DATABASE).isAlive()) {
            PostgresServer unused = PostgresServer.startAfterKill(
                    processes.of(Tier.PLATFORM), programs.orElseThrow(), DATABASE, home(DATABASE), databasePort);
        }
        List<String> dead = ports.keySet().stream()
                .filter(name -> !processes.named(name).isAlive())
                .toList();
        for (String name : dead) {
            spawn(name);
        }
        for (int id : StoreEnsemble.ids()) {
            if (!store.process(id).isAlive()) {
                store.mend(id);
            }
        }
        for (String name : dead) {
            String unused = processes.named(name).awaitReady(START_TIMEOUT);
        }
    }

    @Override
    public void close() {
        processes.close();
    }
}
