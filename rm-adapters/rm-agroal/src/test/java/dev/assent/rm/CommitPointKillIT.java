package dev.assent.rm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.rm.AssentSettings.Decisions;
import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import dev.assent.rm.testing.ZooKeeperEnsemble;
import dev.assent.store.StoreConfig;
import dev.assent.tx.coordinator.CoordinatorSettings;
import dev.assent.tx.service.EmbeddedTransactionService;
import dev.assent.tx.service.TxConfig;
import dev.assent.tx.testing.Eventually;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Transactions decided by a database, whose process is killed in their middle, and whose connections are.
 *
 * <pre>
 * resources: two PostgreSQL databases, the first of which decides; a store
 * faults:    kill -9 of the process at any moment, again and again; meanwhile backends of the deciding database are
 *            terminated at random, so that answers to its commit are lost
 * expected:  nothing stays prepared; each pair of rows is in both databases or in neither; whoever was told
 *            committed finds it there, and whoever was told rolled back does not
 * </pre>
 */
@ExtendWith(PostgresExtension.class)
@Timeout(300)
class CommitPointKillIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int KILLS = 3;
    private static final int OUTCOMES = 250;
    private static final int TERMINATED_EVERY = 15;

    private final PostgresServer server;
    private final Database first;
    private final Database second;
    private final Map<Long, String> told = new TreeMap<>();

    @TempDir
    private Path folder;

    CommitPointKillIT(PostgresServer server) throws SQLException {
        this.server = server;
        this.first = server.newDatabase();
        this.second = server.newDatabase();
        first.execute("CREATE TABLE pair(number bigint PRIMARY KEY)");
        second.execute("CREATE TABLE pair(number bigint PRIMARY KEY)");
    }

    static TxConfig config(String connectString) {
        return config(connectString, Duration.ofSeconds(2));
    }

    static TxConfig config(String connectString, Duration session) {
        return TxConfig.of(connectString)
                .withStore(StoreConfig.of(connectString).withSessionTimeout(session))
                .withRecovery(new CoordinatorSettings.Recovery(Duration.ofMillis(500), Duration.ofMillis(500)));
    }

    @Test
    void a_process_that_is_killed_and_answers_that_are_lost_leave_both_rows_or_neither() throws Exception {
        try (ZooKeeperEnsemble store = new ZooKeeperEnsemble(folder)) {
            SplittableRandom random = new SplittableRandom(42);
            for (int kill = 0; kill < KILLS; kill++) {
                runAndKill(store.connect(), kill * 1_000_000L, OUTCOMES + random.nextInt(100));
            }
            int inDoubt = server.preparedTransactions().size();

            try (EmbeddedTransactionService last = EmbeddedTransactionService.start(config(store.connect()));
                    Assent assent = Assent.over(last, AssentSettings.DEFAULT.withDecisions(Decisions.DATABASE))) {
                assent.registerRecovery("first", first.xa());
                assent.registerRecovery("second", second.xa());
                Eventually.within(LIMIT, "nothing is prepared", this::isNothingPrepared);
            }
            System.out.printf(
                    "killed %d times; told %s, %d in doubt before the last recovery%n",
                    KILLS,
                    told.values().stream().collect(Collectors.groupingBy(how -> how, Collectors.counting())),
                    inDoubt);
        }

        Set<Long> here = numbers(first);
        assertThat(numbers(second)).isEqualTo(here);
        told.forEach((number, outcome) -> {
            switch (outcome) {
                case "committed" -> assertThat(here).contains(number);
                case "rolledback" -> assertThat(here).doesNotContain(number);
                default -> assertThat(outcome).isEqualTo("unknown");
            }
        });
        assertThat(told.values()).contains("committed", "rolledback");
    }

    private boolean isNothingPrepared() {
        try {
            return server.preparedTransactions().isEmpty();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Set<Long> numbers(Database database) throws SQLException {
        return new HashSet<>(database.strings("SELECT number FROM pair").stream()
                .map(Long::valueOf)
                .toList());
    }

    private void runAndKill(String store, long firstNumber, int outcomes)
            throws IOException, InterruptedException, SQLException {
        Process victim = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EndlessTransfersMain.class.getName(),
                        store,
                        first.url(),
                        second.url(),
                        Long.toString(firstNumber))
                .redirectError(folder.resolve("victim.err").toFile())
                .start();
        try (BufferedReader lines = victim.inputReader()) {
            int seen = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ", -1);
                if (words.length == 3 && words[0].equals("outcome")) {
                    told.put(Long.valueOf(words[1]), words[2]);
                    seen++;
                }
                if (seen % TERMINATED_EVERY == 0) {
                    terminateOneThatCommits();
                }
                if (seen == outcomes) {
                    boolean unused = victim.toHandle().destroyForcibly(); // leaves what it printed readable
                }
            }
        } finally {
            victim.destroyForcibly();
            assertThat(victim.waitFor()).isNotZero();
        }
    }

    /** One whose last statement was of a transaction, if there is one at this moment. */
    private void terminateOneThatCommits() throws SQLException {
        first.strings("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + first.name()
                + "' AND pid <> pg_backend_pid() AND state <> 'idle' LIMIT 1");
    }
}
