package dev.assent.rm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.jdbc.DataSources;
import dev.assent.rm.jdbc.PoolLimits;
import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.jta.Participation;
import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.TwoServices;
import dev.assent.tx.testing.TcpProxy;
import io.agroal.api.AgroalDataSource;
import jakarta.transaction.Transaction;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.xa.PGXADataSource;

/**
 * A database that hangs while branches in it begin.
 *
 * <pre>
 * resources: a coordinator node; a service that begins transactions, and one that joins them with pools to two databases
 * fault:     one of the two is frozen; more transactions than connections go back at once have worked in the other,
 *            and hang in the start of their branch in this one
 * expected:  when they are rolled back their connections go back, of both pools, while it is still frozen
 * </pre>
 */
@ExtendWith(PostgresExtension.class)
@Timeout(240)
class HungStartTest {
    private static final Duration SOON = Duration.ofMinutes(2);

    /** More than connections of one pool that go back at once, and fewer than a bulkhead has threads. */
    private static final int TRANSACTIONS = 12;

    /** Nobody asks an unused connection before it is given out. */
    private static final PoolLimits LIMITS = PoolLimits.DEFAULT
            .withConnectionsMax(TRANSACTIONS)
            .withValidation(Duration.ofHours(1), Duration.ofSeconds(2));

    private final TcpProxy way;
    private final TwoServices services;
    private final AssentTransactions caller;
    private final AssentTransactions callee;
    private final AgroalDataSource wellPool;
    private final AgroalDataSource frozenPool;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    HungStartTest(PostgresServer server, @TempDir Path directory) throws Exception {
        services = new TwoServices(directory);
        caller = services.caller();
        callee = services.callee();
        way = new TcpProxy(server.port());
        PGXADataSource throughIt = server.newDatabase().xa();
        throughIt.setPortNumbers(new int[] {way.port()});
        wellPool = DataSources.pool("well", server.newDatabase().xa(), callee, LIMITS);
        frozenPool = DataSources.pool("frozen", throughIt, callee, LIMITS);
    }

    @AfterEach
    void close() throws Exception {
        way.thaw();
        services.closeServices();
        wellPool.close();
        frozenPool.close();
        way.close();
        services.close();
        threads.shutdownNow();
    }

    @Test
    void connections_go_back_though_the_starts_of_branches_hang() throws Exception {
        fill(frozenPool);
        way.freeze();
        BlockingQueue<Transaction> begun = new LinkedBlockingQueue<>();
        List<Future<?>> calls = new ArrayList<>();
        for (int call = 0; call < TRANSACTIONS; call++) {
            calls.add(threads.submit(() -> {
                workInBoth(begun);
                return null;
            }));
        }
        await("all hang", () -> frozenPool.getMetrics().activeCount() == TRANSACTIONS);
        assertThat(wellPool.getMetrics().activeCount()).isEqualTo(TRANSACTIONS);

        List<Future<?>> ends = new ArrayList<>();
        for (int call = 0; call < TRANSACTIONS; call++) {
            Transaction transaction = Objects.requireNonNull(begun.poll(SOON.toSeconds(), TimeUnit.SECONDS));
            ends.add(threads.submit(() -> {
                transaction.rollback();
                return null;
            }));
        }
        for (Future<?> end : ends) {
            end.get(SOON.toSeconds(), TimeUnit.SECONDS);
        }

        await(
                "the connections to the other database are back",
                () -> wellPool.getMetrics().activeCount() == 0);
        await("those that hung are back", () -> frozenPool.getMetrics().activeCount() == 0);
        for (Future<?> call : calls) {
            assertThat(call).succeedsWithin(SOON);
        }
    }

    /** What fails, does because its transaction is rolled back under it. */
    private void workInBoth(BlockingQueue<Transaction> begun) throws Exception {
        caller.begin();
        begun.add(Objects.requireNonNull(caller.getTransaction()));
        try (Participation call = callee.join(caller.token().orElseThrow())) {
            try (Connection connection = wellPool.getConnection()) {
                assertThat(connection.isValid(0)).isTrue();
            }
            assertThatThrownBy(frozenPool::getConnection).isInstanceOf(SQLException.class);
            assertThat(call).isNotNull();
        } finally {
            caller.suspend();
        }
    }

    /** Connections that are made, and unused. */
    private static void fill(AgroalDataSource pool) throws SQLException {
        List<Connection> all = new ArrayList<>();
        for (int connection = 0; connection < TRANSACTIONS; connection++) {
            all.add(pool.getConnection());
        }
        for (Connection connection : all) {
            connection.close();
        }
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long endNanos = System.nanoTime() + SOON.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(endNanos);
            assertThat(new CountDownLatch(1).await(20, TimeUnit.MILLISECONDS)).isFalse();
        }
    }
}
