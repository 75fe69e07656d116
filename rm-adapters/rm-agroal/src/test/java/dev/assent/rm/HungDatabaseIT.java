package dev.assent.rm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.rm.jta.OutcomeUnknownException;
import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import dev.assent.rm.testing.PostgresServer.Frozen;
import dev.assent.rm.testing.ZooKeeperEnsemble;
import dev.assent.tx.service.EmbeddedTransactionService;
import dev.assent.tx.service.TxConfig;
import jakarta.transaction.RollbackException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A database neither answers nor fails while 48 threads commit over it.
 *
 * <pre>
 * resources: a healthy pair of PostgreSQL databases; another server, stopped by SIGSTOP with all its processes
 * fault:     the stop comes between the work of 48 transactions and their commits
 * expected:  every commit returns within its patience while the server is stopped; the healthy pair goes on;
 *            once the server runs again nothing stays prepared, and every answer given was true
 * </pre>
 */
@ExtendWith(PostgresExtension.class)
@Timeout(300)
class HungDatabaseIT {
    private static final int STUCK = 48;
    private static final int HEALTHY = 4;
    private static final Duration MEASURED = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** Beyond the patience; a second is promised, and this machine may be busy. */
    private static final Duration SLACK = Duration.ofSeconds(5);

    private final Database first;
    private final Database second;
    private final Database side;
    private final Map<String, String> told = new ConcurrentHashMap<>();
    private final AtomicInteger healthyCommits = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();

    HungDatabaseIT(PostgresServer server) throws SQLException {
        first = table(server.newDatabase());
        second = table(server.newDatabase());
        side = table(server.newDatabase());
    }

    private static Database table(Database database) throws SQLException {
        database.execute("CREATE TABLE transfer(id text PRIMARY KEY)");
        return database;
    }

    @Test
    void a_database_that_hangs_costs_its_own_transactions_only_and_every_answer_is_true(@TempDir Path directory)
            throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try (PostgresServer hungServer = PostgresServer.ofItsOwn();
                ZooKeeperEnsemble ensemble = new ZooKeeperEnsemble(directory);
                Assent assent = Assent.over(EmbeddedTransactionService.start(
                        TxConfig.of(ensemble.connect()).withPatience(PATIENCE)))) {
            Database hung = table(hungServer.newDatabase());
            DataSource hungPool = assent.pool("hung", hung.xa(), 60);
            DataSource sidePool = assent.pool("side", side.xa(), 60);
            List<Future<?>> healthy = transfersForEver(threads, assent);

            CyclicBarrier connected = new CyclicBarrier(STUCK);
            CyclicBarrier worked = new CyclicBarrier(STUCK + 1);
            CountDownLatch frozen = new CountDownLatch(1);
            List<Future<Long>> stuck = new ArrayList<>();
            for (int thread = 0; thread < STUCK; thread++) {
                String id = "stuck" + thread;
                int timeoutSeconds = thread % 2 == 0 ? 60 : 8; // half of them run into their time-out meanwhile
                stuck.add(threads.submit(() -> {
                    connectAll(sidePool, hungPool, connected);
                    assent.transactions().setTransactionTimeout(timeoutSeconds);
                    assent.transactions().begin();
                    insert(sidePool, id);
                    insert(hungPool, id);
                    worked.await(120, TimeUnit.SECONDS);
                    assertThat(frozen.await(120, TimeUnit.SECONDS)).isTrue();
                    return commitMillis(assent, id);
                }));
            }
            worked.await(120, TimeUnit.SECONDS);
            int atFirst = healthyCommits.get();
            pass(MEASURED);
            int perSecondBefore = (int) ((healthyCommits.get() - atFirst) / MEASURED.toSeconds());
            long longest;
            int meanwhile;
            long frozenMillis;
            try (Frozen stopped = hungServer.freeze()) {
                assertThat(stopped).isNotNull();
                long begun = System.nanoTime();
                int before = healthyCommits.get();
                frozen.countDown();
                longest = longest(stuck);
                frozenMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
                meanwhile = healthyCommits.get() - before;
            }

            System.out.printf(
                    "stopped for %d ms: the longest commit took %d ms; the healthy pair: %d tx/s, %d before; told %s%n",
                    frozenMillis, longest, meanwhile * 1_000L / frozenMillis, perSecondBefore, counts());
            assertThat(longest).isLessThan(PATIENCE.plus(SLACK).toMillis());
            assertThat(meanwhile).as("if these were stuck too: one each").isGreaterThan(100);
            assertNothingStaysPrepared(hungServer);
            over.set(true);
            awaitAll(healthy);
            assertAllTrue(hung);
        } finally {
            over.set(true);
            threads.shutdownNow();
        }
    }

    private List<Future<?>> transfersForEver(ExecutorService threads, Assent assent) throws SQLException {
        DataSource firstPool = assent.pool("first", first.xa(), 8);
        DataSource secondPool = assent.pool("second", second.xa(), 8);
        List<Future<?>> healthy = new ArrayList<>();
        for (int thread = 0; thread < HEALTHY; thread++) {
            String name = "healthy" + thread;
            healthy.add(threads.submit(() -> transferForEver(assent, name, firstPool, secondPool)));
        }
        return healthy;
    }

    private static void awaitAll(List<Future<?>> futures) throws Exception {
        for (Future<?> each : futures) {
            each.get(120, TimeUnit.SECONDS);
        }
    }

    private long commitMillis(Assent assent, String id) throws Exception {
        long begun = System.nanoTime();
        commit(assent, id);
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    }

    private void assertNothingStaysPrepared(PostgresServer hungServer) throws Exception {
        long awake = System.nanoTime();
        within(
                Duration.ofMinutes(2),
                () -> stuckPrepared(hungServer.preparedTransactions()) == 0 && stuckPrepared(side) == 0);
        System.out.printf(
                "nothing prepared %d ms after it ran again%n",
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - awake));
    }

    private static long longest(List<Future<Long>> commits) throws Exception {
        long longest = 0;
        for (Future<Long> commit : commits) {
            longest = Math.max(longest, commit.get(120, TimeUnit.SECONDS));
        }
        return longest;
    }

    private Void transferForEver(Assent assent, String name, DataSource one, DataSource other) throws Exception {
        for (int number = 0; !over.get(); number++) {
            String id = name + "-" + number;
            assent.transactions().begin();
            insert(one, id);
            insert(other, id);
            assent.transactions().commit();
            healthyCommits.incrementAndGet();
        }
        return null;
    }

    /** That takes its time, of which their transactions are to have enough. */
    private static void connectAll(DataSource one, DataSource other, CyclicBarrier connected) throws Exception {
        try (Connection first = one.getConnection();
                Connection second = other.getConnection()) {
            connected.await(120, TimeUnit.SECONDS);
            assertThat(first).isNotSameAs(second);
        }
    }

    private static void insert(DataSource pool, String id) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO transfer VALUES ('" + id + "')");
        }
    }

    private void commit(Assent assent, String id) throws Exception {
        try {
            assent.transactions().commit();
            told.put(id, "committed");
        } catch (RollbackException e) {
            assertThat(e).hasMessageContaining("time-out of 8000 ms");
            told.put(id, "rolled back");
        } catch (OutcomeUnknownException e) {
            told.put(id, "unknown");
        }
    }

    private Map<String, Long> counts() {
        Map<String, Long> counts = new ConcurrentHashMap<>();
        told.values().forEach(each -> counts.merge(each, 1L, Long::sum));
        return counts;
    }

    private static int stuckPrepared(List<String> gids) {
        return gids.size();
    }

    private int stuckPrepared(Database database) throws SQLException {
        return (int)
                database.number("SELECT count(*) FROM pg_prepared_xacts WHERE database = '" + database.name() + "'");
    }

    private interface Condition {
        boolean holds() throws SQLException;
    }

    private static void within(Duration limit, Condition condition) throws Exception {
        long endNanos = System.nanoTime() + limit.toNanos();
        CountDownLatch never = new CountDownLatch(1);
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("not within " + limit).isLessThan(endNanos);
            assertThat(never.await(50, TimeUnit.MILLISECONDS)).isFalse();
        }
    }

    private void assertAllTrue(Database hung) throws SQLException {
        assertThat(told).hasSize(STUCK);
        List<String> there = hung.strings("SELECT id FROM transfer");
        List<String> here = side.strings("SELECT id FROM transfer");
        assertThat(there).containsExactlyInAnyOrderElementsOf(here);
        told.forEach((id, outcome) -> {
            if (outcome.equals("committed")) {
                assertThat(here).contains(id);
            } else if (outcome.equals("rolled back")) {
                assertThat(here).doesNotContain(id);
            }
        });
        assertThat(first.strings("SELECT id FROM transfer"))
                .containsExactlyInAnyOrderElementsOf(second.strings("SELECT id FROM transfer"));
        // Other tests' databases are in the same server.
        assertThat(stuckPrepared(hung) + stuckPrepared(side) + stuckPrepared(first) + stuckPrepared(second))
                .isZero();
    }

    /** The time in which others are counted. */
    private static void pass(Duration time) throws InterruptedException {
        boolean unused = new CountDownLatch(1).await(time.toSeconds(), TimeUnit.SECONDS);
    }
}
