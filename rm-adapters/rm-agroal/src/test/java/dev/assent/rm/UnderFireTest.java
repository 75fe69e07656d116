package dev.assent.rm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import dev.assent.rm.testing.ZooKeeperEnsemble;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.NotSupportedException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Threads move money between two databases while backends of both are killed all the time.
 *
 * <pre>
 * resources: two PostgreSQL databases, the embedded coordinator, one store
 * fault:     pg_terminate_backend of any of the pools' backends, at any moment
 * expected:  every transfer in both databases or in neither, and told truthfully; nothing stays prepared
 * </pre>
 */
@ExtendWith(PostgresExtension.class)
@Timeout(240)
class UnderFireTest {
    private static final int THREADS = 4;
    private static final int COMMITTED_MIN = 100;
    private static final int ROLLED_BACK_MIN = 10;
    private static final int TRANSFERS_MAX = 20_000;

    private final PostgresServer server;
    private final Database first;
    private final Database second;

    UnderFireTest(PostgresServer server) throws SQLException {
        this.server = server;
        this.first = server.newDatabase();
        this.second = server.newDatabase();
        for (Database database : List.of(first, second)) {
            database.execute("CREATE TABLE transfer(id text PRIMARY KEY)");
        }
    }

    /** What the threads were told. */
    private record Told(Queue<String> committed, Queue<String> rolledBack, Queue<String> unknown) {
        Told() {
            this(new ConcurrentLinkedQueue<>(), new ConcurrentLinkedQueue<>(), new ConcurrentLinkedQueue<>());
        }

        boolean isEnough() {
            return committed.size() >= COMMITTED_MIN && rolledBack.size() >= ROLLED_BACK_MIN;
        }
    }

    @Test
    void no_transfer_is_torn_or_reported_wrongly_while_backends_are_killed(@TempDir Path directory) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS + 1);
        AtomicBoolean over = new AtomicBoolean();
        Told told = new Told();
        try (ZooKeeperEnsemble ensemble = new ZooKeeperEnsemble(directory);
                Assent assent = Assent.connect(ensemble.connect())) {
            DataSource from = assent.pool("first", first.xa(), THREADS * 2);
            DataSource to = assent.pool("second", second.xa(), THREADS * 2);
            List<Future<Integer>> running = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                running.add(threads.submit(transfers(assent, from, to, "t" + thread, told)));
            }
            Future<?> killer = threads.submit(() -> kill(over));
            int transfers = 0;
            for (Future<Integer> one : running) {
                transfers += one.get(200, TimeUnit.SECONDS);
            }
            over.set(true);
            killer.get(120, TimeUnit.SECONDS);
            awaitNothingPrepared();
            assertTruth(told, transfers);
        } finally {
            over.set(true);
            threads.shutdownNow();
        }
    }

    private static Callable<Integer> transfers(
            Assent assent, DataSource from, DataSource to, String thread, Told told) {
        return () -> {
            int number = 0;
            while (!told.isEnough() && number < TRANSFERS_MAX) {
                transfer(assent, from, to, thread + "-" + number, told);
                number++;
            }
            return number;
        };
    }

    private static void transfer(Assent assent, DataSource from, DataSource to, String id, Told told)
            throws NotSupportedException, SystemException, HeuristicMixedException, HeuristicRollbackException {
        assent.transactions().begin();
        try {
            insert(from, id);
            insert(to, id);
        } catch (SQLException e) {
            assent.transactions().rollback();
            told.rolledBack().add(id);
            return;
        }
        try {
            assent.transactions().commit();
            told.committed().add(id);
        } catch (RollbackException e) {
            told.rolledBack().add(id);
        } catch (SystemException e) {
            told.unknown().add(id);
        }
    }

    private static void insert(DataSource pool, String id) throws SQLException {
        try (var connection = pool.getConnection();
                var statement = connection.prepareStatement("INSERT INTO transfer VALUES (?)")) {
            statement.setString(1, id);
            statement.executeUpdate();
        }
    }

    /** About one backend in ten dies in each round; between rounds the database waits a little. */
    private Void kill(AtomicBoolean over) throws SQLException {
        while (!over.get()) {
            for (Database database : List.of(first, second)) {
                database.number("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '"
                        + database.name() + "' AND pid <> pg_backend_pid() AND random() < 0.1");
            }
            first.strings("SELECT pg_sleep(0.05)::text");
        }
        return null;
    }

    private void awaitNothingPrepared() throws SQLException {
        long deadlineNanos = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!server.preparedTransactions().isEmpty() && System.nanoTime() < deadlineNanos) {
            first.strings("SELECT pg_sleep(0.05)::text");
        }
        assertThat(server.preparedTransactions()).isEmpty();
    }

    private void assertTruth(Told told, int transfers) throws SQLException {
        List<String> inFirst = first.strings("SELECT id FROM transfer");
        List<String> inSecond = second.strings("SELECT id FROM transfer");

        assertThat(inFirst).containsExactlyInAnyOrderElementsOf(inSecond);
        assertThat(inFirst).containsAll(told.committed()).doesNotContainAnyElementsOf(told.rolledBack());
        assertThat(told.committed().size()
                        + told.rolledBack().size()
                        + told.unknown().size())
                .isEqualTo(transfers);
    }
}
