package dev.assent.coordination.bench;

import dev.assent.command.Commands;
import dev.assent.command.ExitCode;
import dev.assent.command.Version;
import dev.assent.coordination.bench.Clients.Measured;
import dev.assent.coordination.bench.Clients.Operation;
import dev.assent.coordination.bench.Contender.Make;
import dev.assent.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.zookeeper.KeeperException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code assent bench znodes}. */
@Command(
        name = "assent bench znodes",
        mixinStandardHelpOptions = true,
        version = Version.TEXT,
        description = {
            "Our znode store beside Apache ZooKeeper 3.9.5: 3 servers each, in JVMs of their own with the same flags,",
            "on the same disk, every write synced by a majority before it is acknowledged; 8 connections of the",
            "official client x 64 requests in flight. Rounds alternate between the two; medians are compared."
        })
public final class ZnodeBench implements Callable<Integer> {
    private static final String LOGGING = "assent-logback.xml";
    private static final String OURS = "assent";
    private static final String THEIRS = "zookeeper";
    private static final List<String> JVM_FLAGS = List.of("-Xms768m", "-Xmx768m", "-XX:+UseParallelGC");

    @Option(names = "--rounds", defaultValue = "5", description = "measured rounds (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(
            names = "--seconds",
            defaultValue = "5",
            description = "seconds of each measurement (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(
            names = "--directory",
            defaultValue = "target/bench-znodes",
            description =
                    "where the servers keep their data; a new directory, or one of an earlier run, which is emptied"
                            + " (default: ${DEFAULT-VALUE})")
    private Path directory = Path.of("target/bench-znodes");

    /** One measurement and what it cost. */
    private record Sample(
            Make make,
            Operation operation,
            Measured measured,
            double serverMicrosPerOp,
            double clientMicrosPerOp,
            double syncsPerSecond,
            double coresUsed) {}

    private final List<Sample> samples = new ArrayList<>();

    public static void main(String[] arguments) {
        Commands.run(ZnodeBench::new, LOGGING, arguments);
    }

    @Override
    public Integer call() throws SettingsException, IOException, InterruptedException, KeeperException {
        if (rounds < 1 || seconds < 1) {
            throw new SettingsException("--rounds and --seconds are at least 1");
        }
        empty(directory);
        System.out.println("starting 3 servers of each make, " + JVM_FLAGS + ", data in " + directory);
        try (Contender ours = Contender.start(Make.ASSENT, directory.resolve(OURS), JVM_FLAGS);
                Contender theirs = Contender.start(Make.ZOOKEEPER, directory.resolve(THEIRS), JVM_FLAGS);
                Clients toOurs = Clients.connect(ours);
                Clients toTheirs = Clients.connect(theirs)) {
            System.out.println("server pids: ours " + ours.pids() + ", ZooKeeper's " + theirs.pids());
            for (int round = 0; round <= rounds; round++) {
                for (Operation operation : Operation.values()) {
                    measure(ours, toOurs, operation, round);
                    measure(theirs, toTheirs, operation, round);
                }
            }
        }
        report();
        return ExitCode.OK;
    }

    /** Round 0 warms up and does not count. */
    private void measure(Contender contender, Clients clients, Operation operation, int round)
            throws InterruptedException, KeeperException {
        Duration serverCpu = contender.cpu();
        Duration clientCpu = ownCpu();
        long syncs = contender.syncs();
        long start = System.nanoTime();
        Measured measured = clients.measure(operation, seconds);
        double elapsed = (System.nanoTime() - start) / 1e9;
        double operations = measured.perSecond() * elapsed;
        double serverMicros = contender.cpu().minus(serverCpu).toNanos() / 1e3;
        double clientMicros = ownCpu().minus(clientCpu).toNanos() / 1e3;
        Sample sample = new Sample(
                contender.make(),
                operation,
                measured,
                serverMicros / operations,
                clientMicros / operations,
                (contender.syncs() - syncs) / elapsed,
                (serverMicros + clientMicros) / 1e6 / elapsed);
        System.out.printf(
                "%s %-8s %-15s %8.0f/s  p50 %6d us  p99 %6d us  failures %d%n",
                round == 0 ? "warm-up" : "round " + round,
                operation,
                contender.make().title(),
                measured.perSecond(),
                measured.medianMicros(),
                measured.p99Micros(),
                measured.failures());
        if (round > 0) {
            samples.add(sample);
        }
    }

    private static Duration ownCpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private void report() {
        System.out.printf(
                "%n%-8s %-15s %10s %9s %9s %14s %14s %9s %11s%n",
                "", "medians", "per s", "p50 us", "p99 us", "server us/op", "client us/op", "syncs/s", "cores used");
        for (Operation operation : Operation.values()) {
            for (Make make : Make.values()) {
                System.out.printf(
                        "%-8s %-15s %10.0f %9.0f %9.0f %14.1f %14.1f %9.0f %11.2f%n",
                        operation,
                        make.title(),
                        median(make, operation, sample -> sample.measured().perSecond()),
                        median(make, operation, sample -> sample.measured().medianMicros()),
                        median(make, operation, sample -> sample.measured().p99Micros()),
                        median(make, operation, Sample::serverMicrosPerOp),
                        median(make, operation, Sample::clientMicrosPerOp),
                        median(make, operation, Sample::syncsPerSecond),
                        median(make, operation, Sample::coresUsed));
            }
            System.out.printf("%-8s ratio %.2f%n", operation, ratio(operation));
        }
        System.out.printf(
                "%nOf %d cores. Where cores used is near that, the processors limit, the client's included; else the"
                        + " disk's syncs or the round trips do.%n",
                Runtime.getRuntime().availableProcessors());
    }

    private double ratio(Operation operation) {
        ToDoubleFunction<Sample> rate = sample -> sample.measured().perSecond();
        return median(Make.ASSENT, operation, rate) / median(Make.ZOOKEEPER, operation, rate);
    }

    private double median(Make make, Operation operation, ToDoubleFunction<Sample> value) {
        double[] sorted = samples.stream()
                .filter(sample -> sample.make() == make && sample.operation() == operation)
                .mapToDouble(value)
                .sorted()
                .toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** What is not of an earlier run stays, and is told: the directory may have been named by mistake. */
    private static void empty(Path directory) throws SettingsException, IOException {
        if (Files.exists(directory)) {
            List<String> others = namesIn(directory);
            others.removeAll(List.of(OURS, THEIRS));
            if (!others.isEmpty()) {
                throw new SettingsException("--directory=" + directory + " holds " + others.get(0)
                        + ", which is not of an earlier run, and would be emptied: name a new directory");
            }
            try (Stream<Path> paths = Files.walk(directory)) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
        Files.createDirectories(directory);
    }

    private static List<String> namesIn(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .collect(Collectors.toCollection(ArrayList::new));
        }
    }
}
