package dev.assent.shop.takeover;

import dev.assent.shop.gray.Databases;
import dev.assent.shop.gray.Signals;
import dev.assent.shop.gray.Told;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Each node in turn is stopped with SIGTERM and started again, under load. */
final class Rolling {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration SPREAD_PATIENCE = Duration.ofSeconds(60);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);
    private static final int STEADY_COMMITS = 10;
    private static final int STOPPED = 0;

    private final Path directory;
    private final PrintStream out;

    /**
     * What callers met.
     *
     * @param failed were rolled back, or could not be begun
     * @param suspicions how often a node took another for dead; none was, so each may have cost each caller a retry
     * @param spread whether every node led its share after each restart
     */
    record Result(
            long committed,
            long failed,
            int unknown,
            List<String> lies,
            long prepared,
            Duration longestPause,
            int suspicions,
            boolean spread,
            boolean stopped) {
        boolean held() {
            return failed == 0 && unknown == 0 && lies.isEmpty() && prepared == 0 && spread && stopped;
        }
    }

    Rolling(Path directory, PrintStream out) {
        this.directory = directory;
        this.out = out;
    }

    Result run(int rounds) throws IOException, InterruptedException, SQLException {
        try (Fleet fleet = Fleet.in(directory, this::progress)) {
            Databases databases = fleet.start();
            try (Customers customers = Customers.start(fleet.targets(), databases)) {
                return run(rounds, fleet, databases, customers);
            }
        }
    }

    /** The same with what runs already; the customers are sent home at the end. What they met before does not count. */
    Result run(int rounds, Fleet fleet, Databases databases, Customers customers)
            throws IOException, InterruptedException, SQLException {
        boolean spread = fleet.awaitSpread(SPREAD_PATIENCE);
        boolean stopped = true;
        customers.awaitCommits(STEADY_COMMITS, PATIENCE);
        customers.measureAnew();
        long failedBefore = failed(customers);
        int unknownBefore = unknown(customers);
        int suspicionsBefore = fleet.suspicions();
        for (int round = 1; round <= rounds; round++) {
            for (int node : Fleet.ids()) {
                stopped &= restarted(round, node, fleet);
                spread &= fleet.awaitSpread(SPREAD_PATIENCE);
                customers.awaitCommits(STEADY_COMMITS, PATIENCE);
            }
        }
        Duration pause = customers.longestPause();
        customers.stop();
        long prepared = Takeovers.awaitNothingPrepared(databases);
        out.println("told " + customers.counts() + ", before the first restart failed " + failedBefore);
        Takeovers.tellLeft(databases, customers, out);
        customers.reasons().forEach((reason, count) -> out.println("refused " + count + " times: " + reason));
        return new Result(
                customers.commits(),
                failed(customers) - failedBefore,
                unknown(customers) - unknownBefore,
                customers.lies(),
                prepared,
                pause,
                fleet.suspicions() - suspicionsBefore,
                spread,
                stopped);
    }

    private static long failed(Customers customers) {
        return customers.refused() + customers.counts().getOrDefault(Told.ROLLED_BACK, 0);
    }

    private static int unknown(Customers customers) {
        return customers.counts().getOrDefault(Told.UNKNOWN, 0);
    }

    /** Whether it ended by itself, as one that was asked to. */
    private boolean restarted(int round, int node, Fleet fleet) throws IOException, InterruptedException {
        long begunNanos = System.nanoTime();
        Signals.terminate(fleet.process(node));
        int code = fleet.process(node).awaitEnd(STOP_PATIENCE);
        out.printf(
                Locale.ROOT,
                "round=%d node=%s stoppedMillis=%d exitCode=%d%n",
                round,
                Fleet.name(node),
                Duration.ofNanos(System.nanoTime() - begunNanos).toMillis(),
                code);
        out.flush();
        fleet.restart(node);
        return code == STOPPED;
    }

    private void progress(String what) {
        out.println("  " + what);
        out.flush();
    }
}
