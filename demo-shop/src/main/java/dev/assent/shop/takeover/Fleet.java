package dev.assent.shop.takeover;

import dev.assent.coordination.server.FreePorts;
import dev.assent.shop.gray.Databases;
import dev.assent.shop.gray.StoreEnsemble;
import dev.assent.shop.platform.ChildProcess;
import dev.assent.shop.platform.JavaCommand;
import dev.assent.shop.platform.Pauses;
import dev.assent.shop.platform.Processes;
import dev.assent.shop.platform.Processes.Tier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Three servers of the store, PostgreSQL, and coordinator nodes with nothing but default settings unless others are asked for. */
final class Fleet implements AutoCloseable {
    private static final int NODES = 3;
    private static final Duration START_TIMEOUT = Duration.ofSeconds(90);
    private static final Duration LEAD_TIMEOUT = Duration.ofSeconds(60);
    private static final long LOOK_MILLIS = 50;
    private static final Pattern SERVES = Pattern.compile(" serves services on ");
    private static final Pattern LEADS = Pattern.compile(" leads (?:no shard|shards \\[([0-9, ]*)])");

    private final Path directory;
    private final List<String> settings;
    private final Consumer<String> progress;
    private final Processes processes = new Processes();
    private final StoreEnsemble store;
    private final FreePorts ports;
    private final List<Integer> nodePorts;

    private Fleet(Path directory, List<String> settings, Consumer<String> progress) throws IOException {
        this.directory = directory;
        this.settings = settings;
        this.progress = progress;
        this.ports = new FreePorts(new SplittableRandom());
        this.store = new StoreEnsemble(processes, directory, Optional.empty(), ports);
        this.nodePorts = ports.next(NODES);
    }

    /** A fleet of which nothing runs yet. */
    static Fleet in(Path directory, Consumer<String> progress) throws IOException {
        return new Fleet(directory, List.of(), progress);
    }

    /** The same with more settings of the nodes'. */
    static Fleet in(Path directory, List<String> settings, Consumer<String> progress) throws IOException {
        return new Fleet(directory, List.copyOf(settings), progress);
    }

    /** Starts everything; what was started stays until {@link #close}, also after a failure. */
    Databases start() throws IOException, InterruptedException, SQLException {
        progress.accept("starting PostgreSQL");
        Databases databases = Databases.start(processes, directory, ports);
        progress.accept("starting three servers of the znode store");
        store.start();
        progress.accept("starting " + NODES + " coordinator nodes");
        for (int node : ids()) {
            spawn(node);
        }
        for (int node : ids()) {
            String unused = process(node).awaitReady(START_TIMEOUT);
        }
        return databases;
    }

    static List<Integer> ids() {
        return IntStream.rangeClosed(1, NODES).boxed().toList();
    }

    /** As services dial them. */
    String targets() {
        return nodePorts.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    }

    ChildProcess process(int node) {
        return processes.named(name(node));
    }

    static String name(int node) {
        return "node-" + node;
    }

    /** Starts one that has ended again, and returns when it serves. */
    void restart(int node) throws IOException, InterruptedException {
        spawn(node);
        String unused = process(node).awaitReady(START_TIMEOUT);
    }

    private void spawn(int node) throws IOException {
        Path home = Files.createDirectories(directory.resolve(name(node)));
        List<String> lines = new ArrayList<>(settings);
        lines.add("listen=127.0.0.1:" + nodePorts.get(node - 1));
        lines.add("node.name=" + name(node));
        lines.add("coordination.connect=" + store.connectString());
        Path properties = Files.write(home.resolve("node.properties"), lines);
        ChildProcess unused = processes
                .of(Tier.NODES)
                .start(
                        name(node),
                        JavaCommand.of(
                                        dev.assent.tx.node.Main.class,
                                        "-Xmx192m",
                                        "-Dlogback.configurationFile=dev/assent/shop/takeover/node-logback.xml")
                                .with(properties)
                                .words(),
                        home,
                        log(node),
                        SERVES);
    }

    private Path log(int node) {
        return directory.resolve(name(node)).resolve("node.log");
    }

    /** How often a node said that another seems dead. */
    int suspicions() throws IOException {
        int suspicions = 0;
        for (int node : ids()) {
            for (String line : Files.readAllLines(log(node))) {
                suspicions += line.endsWith(" seems dead") ? 1 : 0;
            }
        }
        return suspicions;
    }

    /** What all nodes have logged since {@code strike}, in the order of time. */
    TakeoverPhases phasesSince(LocalTime strike) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int node : ids()) {
            lines.addAll(Files.readAllLines(log(node)));
        }
        return TakeoverPhases.of(strike, lines);
    }

    /** The shards that a node said last that it leads, since it was last started. */
    List<Integer> led(int node) throws IOException {
        List<Integer> led = List.of();
        for (String line : Files.readAllLines(log(node))) {
            Matcher said = LEADS.matcher(line);
            if (SERVES.matcher(line).find()) {
                led = List.of();
            } else if (said.find()) {
                led = said.group(1) == null ? List.of() : numbers(said.group(1));
            }
        }
        return led;
    }

    private static List<Integer> numbers(String list) {
        List<Integer> numbers = new ArrayList<>();
        for (String number : list.split(",", -1)) {
            numbers.add(Integer.parseInt(number.trim()));
        }
        return numbers;
    }

    /** The node that leads most, of those that run; waits until one does. */
    int leader() throws IOException, InterruptedException {
        long giveUpNanos = System.nanoTime() + LEAD_TIMEOUT.toNanos();
        while (System.nanoTime() - giveUpNanos < 0) {
            List<Integer> leaders = new ArrayList<>();
            for (int node : ids()) {
                if (process(node).isAlive() && !led(node).isEmpty()) {
                    leaders.add(node);
                }
            }
            Optional<Integer> most = leaders.stream().max(Comparator.comparingInt(this::share));
            if (most.isPresent()) {
                return most.get();
            }
            Pauses.pause(LOOK_MILLIS);
        }
        throw new IOException("no node says that it leads; their logs are in " + directory);
    }

    private int share(int node) {
        try {
            return led(node).size();
        } catch (IOException unreadable) {
            return 0;
        }
    }

    /** Waits until each of them leads something, for a while: not every version spreads what there is. */
    boolean awaitSpread(Duration patience) throws IOException, InterruptedException {
        long giveUpNanos = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() - giveUpNanos < 0) {
            if (ids().stream().allMatch(node -> share(node) > 0)) {
                return true;
            }
            Pauses.pause(LOOK_MILLIS);
        }
        return false;
    }

    @Override
    public void close() {
        processes.close();
    }
}
