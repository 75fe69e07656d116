package dev.assent.rm.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.assent.command.Commands;
import dev.assent.command.ExitCode;
import dev.assent.command.Version;
import dev.assent.security.Role;
import dev.assent.security.TlsFiles;
import dev.assent.settings.SettingsException;
import dev.assent.tx.testing.TestCertificates;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures small two-branch transactions, ours beside others. */
@Command(
        name = "assent bench transactions",
        mixinStandardHelpOptions = true,
        version = Version.TEXT,
        description = {
            "Small transactions over two PostgreSQL servers (fsync and synchronous_commit on): one insert in each.",
            "Contenders take turns; medians of the rounds are told."
        })
public final class TransactionBench implements Callable<Integer> {
    private static final String LOGBACK = "dev/assent/rm/bench/logback.xml";

    @Option(names = "--rounds", defaultValue = "5", description = "measured rounds a contender (${DEFAULT-VALUE})")
    private int rounds = 5;

    @Option(names = "--seconds", defaultValue = "5", description = "length of a round (${DEFAULT-VALUE})")
    private int seconds = 5;

    @Option(
            names = "--warm-up",
            description = "seconds each contender runs before the first round: with the compilers of five processes at"
                    + " work on few cores, shorter ones measure those (${DEFAULT-VALUE})",
            defaultValue = "25")
    private int warmUpSeconds = 25;

    @Option(names = "--threads", defaultValue = "8", description = "threads a contender (${DEFAULT-VALUE})")
    private int threads = 8;

    @Option(
            names = "--ensemble",
            description = "whose znode servers keep the decisions: ${COMPLETION-CANDIDATES} (default: ours if built)")
    private BenchEnsemble.Make make =
            BenchEnsemble.Make.ASSENT.isPresent() ? BenchEnsemble.Make.ASSENT : BenchEnsemble.Make.APACHE;

    @Option(
            names = "--coordinators",
            defaultValue = "ANYWHERE",
            description =
                    "which znode servers contenders are clients of: ${COMPLETION-CANDIDATES}"
                            + " (${DEFAULT-VALUE}); compare like with like, it moves the ensemble's processor time by a quarter")
    private BenchEnsemble.Place place = BenchEnsemble.Place.ANYWHERE;

    @Option(
            names = "--contenders",
            split = ",",
            description = "who takes part: ${COMPLETION-CANDIDATES} (default: all)")
    private List<Kind> kinds = List.of(Kind.values());

    private final PrintStream out = System.out;
    private final OperatingSystemMXBean machine = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private final Deque<AutoCloseable> started = new ArrayDeque<>();

    public static void main(String[] arguments) {
        Commands.run(TransactionBench::new, LOGBACK, arguments);
    }

    @Override
    public Integer call() throws Exception {
        requireSensible();
        Runtime.getRuntime().addShutdownHook(new Thread(this::closeAll));
        Path directory = Files.createTempDirectory("assent-bench");
        started.push(() -> delete(directory));
        out.println("starting two PostgreSQL servers and three znode servers (" + make + ")");
        BenchDatabases databases = BenchDatabases.start();
        started.push(databases);
        JavaChild.JavaSetup setup = setup();
        Servers plain = plain(databases, setup, directory);
        Map<Kind, Running> workers = new EnumMap<>(Kind.class);
        for (Kind kind : kinds) {
            Servers servers = kind.isSecure() ? secure(databases, setup, directory) : plain;
            workers.put(kind, new Running(worker(kind, setup, directory, servers), servers));
        }
        Map<Kind, Tally> tallies = measure(workers, databases);
        BenchReport.print(out, tallies, plain.ensemble().roundTripMicros(), make);
        return verdict(databases);
    }

    private void requireSensible() throws SettingsException {
        if (rounds < 1 || seconds < 1 || threads < 1 || warmUpSeconds < 0) {
            throw new SettingsException("--rounds, --seconds and --threads are at least 1, --warm-up at least 0");
        }
    }

    private static JavaChild.JavaSetup setup() {
        return new JavaChild.JavaSetup(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                System.getProperty("java.class.path"),
                LOGBACK,
                List.of("-Xmx512m"));
    }

    private Servers plain(BenchDatabases databases, JavaChild.JavaSetup setup, Path directory) throws Exception {
        BenchEnsemble ensemble = ensemble(make, setup, directory, Optional.empty());
        boolean wanted = kinds.stream().anyMatch(kind -> kind.isRemote() && !kind.isSecure());
        BenchNodes nodes = BenchNodes.start(wanted, setup, directory, ensemble.connect(place), Optional.empty());
        started.push(nodes);
        return new Servers(databases, ensemble, nodes, Optional.empty());
    }

    private Servers secure(BenchDatabases databases, JavaChild.JavaSetup setup, Path bench) throws Exception {
        Path directory = Files.createDirectories(bench.resolve("secure"));
        TestCertificates certificates = new TestCertificates(directory.resolve("certificates"));
        BenchEnsemble ensemble = ensemble(BenchEnsemble.Make.ASSENT, setup, directory, Optional.of(certificates));
        BenchNodes nodes =
                BenchNodes.start(true, setup, directory, ensemble.connectSecurely(place), Optional.of(certificates));
        started.push(nodes);
        TlsFiles service = certificates.of(Role.AGENT, OnAssentNodes.SERVICE + 1);
        return new Servers(databases, ensemble, nodes, Optional.of(service));
    }

    private BenchEnsemble ensemble(
            BenchEnsemble.Make whose,
            JavaChild.JavaSetup setup,
            Path directory,
            Optional<TestCertificates> certificates)
            throws IOException, InterruptedException {
        BenchEnsemble ensemble = BenchEnsemble.start(whose, setup, directory, certificates);
        started.push(ensemble);
        ensemble.warmUp();
        return ensemble;
    }

    /** A contender, and whom it has to do with. */
    private record Running(JavaChild worker, Servers servers) {
        Tally.Usage usage() throws IOException, SQLException {
            return servers.usage(worker);
        }
    }

    /** What contenders share. */
    private record Servers(BenchDatabases databases, BenchEnsemble ensemble, BenchNodes nodes, Optional<TlsFiles> tls) {
        Tally.Usage usage(JavaChild worker) throws IOException, SQLException {
            return new Tally.Usage(worker.cpuTime(), databases.cpuTime(), ensemble.cpuTime(), nodes.cpuTime());
        }
    }

    private JavaChild worker(Kind kind, JavaChild.JavaSetup setup, Path directory, Servers servers) throws IOException {
        Path home = Files.createDirectories(directory.resolve("worker-" + kind));
        List<String> arguments = new ArrayList<>(List.of(
                kind.name(),
                Integer.toString(threads),
                servers.databases().url(0),
                servers.databases().url(1),
                servers.ensemble().connect(place),
                servers.nodes().connect(),
                home.toString()));
        servers.tls().ifPresent(files -> Stream.of(files.certificate(), files.key(), files.trust())
                .map(Path::toString)
                .forEach(arguments::add));
        JavaChild worker =
                JavaChild.start(setup, BenchWorker.class.getName(), arguments, directory.resolve(kind + ".log"));
        started.push(worker);
        worker.await(BenchWorker.READY::equals);
        return worker;
    }

    private Map<Kind, Tally> measure(Map<Kind, Running> workers, BenchDatabases databases)
            throws IOException, SQLException {
        Map<Kind, Tally> tallies = new EnumMap<>(Kind.class);
        for (int round = 0; round <= rounds; round++) {
            for (Map.Entry<Kind, Running> worker : workers.entrySet()) {
                long syncs = databases.walSyncs();
                double unused = machine.getCpuLoad(); // each call tells of the time since the last one
                Tally.Usage before = worker.getValue().usage();
                JavaChild process = worker.getValue().worker();
                Duration length = Duration.ofSeconds(round == 0 ? warmUpSeconds : seconds);
                process.tell("run " + length.toMillis());
                RoundResult result = RoundResult.parse(process.await(RoundResult::isResult));
                double busy = machine.getCpuLoad();
                Tally.Usage used = worker.getValue().usage().minus(before);
                out.printf(
                        "%s %-20s %6.0f tx/s%n",
                        round == 0 ? "warm-up" : "round " + round,
                        worker.getKey().title(),
                        result.perSecond());
                if (round > 0) {
                    tallies.computeIfAbsent(worker.getKey(), kind -> new Tally())
                            .add(result, databases.walSyncs() - syncs, used, busy);
                }
            }
        }
        return tallies;
    }

    private int verdict(BenchDatabases databases) throws SQLException {
        long rows = databases.rows();
        long prepared = databases.prepared();
        out.println("rows=" + rows + " inDoubt=" + prepared);
        return prepared == 0 && rows % 2 == 0 ? ExitCode.OK : ExitCode.FOUND;
    }

    private synchronized void closeAll() {
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception e) {
                out.println("not cleaned up: " + e);
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
