package dev.assent.rm.bench;

import dev.assent.security.TlsFiles;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.postgresql.xa.PGXADataSource;

/**
 * One contender's process. Waits for {@code run <milliseconds>} lines on standard input, answers each with one
 * {@link RoundResult} line, and ends with its input.
 *
 * <p>Arguments: kind, threads, the databases' two JDBC addresses, the ensemble, the coordinator nodes, a directory for
 * its own files, and the files of its certificate, if it speaks TLS.
 */
public final class BenchWorker {
    static final String READY = "ready";

    private static final long HIGHEST_MICROS = Duration.ofMinutes(1).toMillis() * 1_000;
    private static final int DIGITS = 3;

    private final Contender contender;
    private final List<List<PinnedBranch>> threads;
    private final AtomicLong ids;
    private final ExecutorService pool;

    private BenchWorker(Contender contender, List<List<PinnedBranch>> threads, long firstId) {
        this.contender = contender;
        this.threads = threads;
        ids = new AtomicLong(firstId);
        pool = Executors.newFixedThreadPool(threads.size());
    }

    public static void main(String[] arguments) throws Exception {
        Kind kind = Kind.valueOf(arguments[0]);
        int threadCount = Integer.parseInt(arguments[1]);
        Map<String, PGXADataSource> databases =
                Map.of("first", PinnedBranch.source(arguments[2]), "second", PinnedBranch.source(arguments[3]));
        Addresses addresses = new Addresses(arguments[4], arguments[5], tls(arguments));
        Contender contender = contender(kind, databases, threadCount, addresses, Path.of(arguments[6]));
        List<List<PinnedBranch>> threads = new ArrayList<>();
        for (int i = 0; i < threadCount; i++) {
            threads.add(branches(databases));
        }
        new BenchWorker(contender, threads, ProcessHandle.current().pid() << 32).serve();
        System.exit(0); // transaction managers leave threads behind
    }

    private static List<PinnedBranch> branches(Map<String, PGXADataSource> databases) throws SQLException {
        List<PinnedBranch> branches = new ArrayList<>();
        for (Map.Entry<String, PGXADataSource> database : new TreeMap<>(databases).entrySet()) {
            branches.add(PinnedBranch.open(database.getKey(), database.getValue()));
        }
        return List.copyOf(branches);
    }

    /** Where others are to be found, and how they are spoken with. */
    private record Addresses(String ensemble, String nodes, Optional<TlsFiles> tls) {}

    private static Optional<TlsFiles> tls(String[] arguments) {
        return arguments.length < 10
                ? Optional.empty()
                : Optional.of(new TlsFiles(Path.of(arguments[7]), Path.of(arguments[8]), Path.of(arguments[9])));
    }

    private static Contender contender(
            Kind kind, Map<String, PGXADataSource> databases, int threads, Addresses addresses, Path directory)
            throws Exception {
        String ensemble = addresses.ensemble();
        return switch (kind) {
            case BY_HAND -> new ByHand(Optional.empty());
            case BY_HAND_PARALLEL -> new ByHand(Optional.of(Executors.newCachedThreadPool()));
            case ATOMIKOS -> new OnAtomikos(directory, databases, Optional.empty());
            case ATOMIKOS_REPLICATED -> new OnAtomikos(directory, databases, Optional.of(ensemble));
            case NARAYANA -> new OnNarayana(directory);
            case ASSENT -> new OnAssent(ensemble, databases, false, threads);
            case COMMIT_POINT -> new OnAssent(ensemble, databases, true, threads);
            case ASSENT_REMOTE, ASSENT_REMOTE_TLS ->
                new OnAssentNodes(addresses.nodes(), addresses.tls(), databases, 1, threads);
            case ASSENT_TWO_SERVICES -> new OnAssentNodes(addresses.nodes(), addresses.tls(), databases, 2, threads);
            case LOCAL_COMMIT -> new LocalCommit();
            case ONE_BRANCH -> new FirstOnly(new OnAssent(ensemble, databases, false, threads));
        };
    }

    private void serve() throws Exception {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.out.println(READY);
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            System.out.println(round(Duration.ofMillis(Long.parseLong(order.substring("run ".length()))))
                    .line());
        }
        contender.close();
    }

    private RoundResult round(Duration length) throws Exception {
        long start = System.nanoTime();
        List<Callable<Histogram>> tasks = new ArrayList<>();
        for (List<PinnedBranch> branches : threads) {
            tasks.add(() -> transactUntil(start + length.toNanos(), branches));
        }
        Histogram all = new Histogram(HIGHEST_MICROS, DIGITS);
        for (Future<Histogram> thread : pool.invokeAll(tasks)) {
            all.add(thread.get());
        }
        long nanos = System.nanoTime() - start;
        return new RoundResult(
                all.getTotalCount(), nanos / 1_000, all.getValueAtPercentile(50), all.getValueAtPercentile(99));
    }

    private Histogram transactUntil(long endNanos, List<PinnedBranch> branches) throws Exception {
        Histogram micros = new Histogram(HIGHEST_MICROS, DIGITS);
        for (long now = System.nanoTime(); now - endNanos < 0; ) {
            contender.transact(branches, ids.incrementAndGet());
            long then = now;
            now = System.nanoTime();
            micros.recordValue(Math.min(HIGHEST_MICROS, (now - then) / 1_000));
        }
        return micros;
    }
}
