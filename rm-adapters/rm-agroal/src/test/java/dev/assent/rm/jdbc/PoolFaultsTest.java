package dev.assent.rm.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.testing.MemoryTransactionService;
import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import dev.assent.rm.testing.Shop;
import dev.assent.tx.testing.TcpProxy;
import io.agroal.api.AgroalDataSource;
import jakarta.transaction.RollbackException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.xa.PGXADataSource;

/**
 * Pools whose connections die or hang, and pools that are full.
 *
 * <pre>
 * resources: a pool of a real PostgreSQL; a server that accepts and never answers
 * fault:     pg_terminate_backend of idle connections and of one at work; silence; every connection in use
 * expected:  a dead connection costs no transaction and nobody twice; counts stay true; each wait has its bound and is
 *            told with the pool's name
 * </pre>
 */
@ExtendWith(PostgresExtension.class)
@Timeout(240)
class PoolFaultsTest {
    private static final int CONNECTIONS = 4;
    /** Whoever gets a connection gets it in time, on a slow machine too. */
    private static final PoolLimits LIMITS = PoolLimits.DEFAULT
            .withConnectionsMax(CONNECTIONS)
            .withAcquisitionTimeout(Duration.ofSeconds(60))
            .withLookAfter(Duration.ZERO);

    /** Long enough for a connection to be made. */
    private static final PoolLimits SHORT_OF_TIME = LIMITS.withAcquisitionTimeout(Duration.ofMillis(1_500));

    /** Where nobody gets one. */
    private static final PoolLimits IMPATIENT = LIMITS.withAcquisitionTimeout(Duration.ofMillis(400));

    private final AssentTransactions transactions = new AssentTransactions(new MemoryTransactionService());
    private final PostgresServer server;
    private final Database database;
    private final AgroalDataSource pool;

    PoolFaultsTest(PostgresServer server) throws SQLException {
        this.server = server;
        database = server.newDatabase().withAccounts();
        pool = DataSources.pool("orders", database.xa(), transactions, LIMITS);
    }

    @AfterEach
    void the_count_of_connections_in_use_is_true() {
        assertThat(pool.getMetrics().activeCount()).isZero();
        pool.close();
    }

    @Test
    void connections_that_died_unused_cost_no_transaction() throws Exception {
        fill(pool);
        terminateAll();

        for (int round = 0; round < CONNECTIONS + 1; round++) {
            transactions.begin();
            Shop.add(pool, 1);
            transactions.commit();
        }

        assertThat(database.balance(1)).isEqualTo(100 + CONNECTIONS + 1);
    }

    /** The server says so on each of them, which is seen however short ago they were used. */
    @Test
    void connections_that_were_terminated_a_moment_ago_cost_no_transaction() throws Exception {
        PoolLimits unlooked =
                LIMITS.withLookAfter(Duration.ofHours(1)).withValidation(Duration.ofHours(1), Duration.ofSeconds(2));
        try (AgroalDataSource trusting = DataSources.pool("trusting", database.xa(), transactions, unlooked)) {
            fill(trusting);
            terminateAll();

            for (int round = 0; round < CONNECTIONS + 1; round++) {
                transactions.begin();
                Shop.add(trusting, 1);
                transactions.commit();
            }

            assertThat(database.balance(1)).isEqualTo(100 + CONNECTIONS + 1);
        }
    }

    /** What ended one has often ended others. */
    @Test
    void of_connections_that_died_without_a_word_a_moment_ago_one_costs_a_use_and_the_others_none() throws Exception {
        PGXADataSource template = database.xa();
        PoolLimits unlooked =
                LIMITS.withLookAfter(Duration.ofHours(1)).withValidation(Duration.ofHours(1), Duration.ofSeconds(2));
        try (TcpProxy wire = new TcpProxy(template.getPortNumbers()[0])) {
            template.setPortNumbers(new int[] {wire.port()});
            try (AgroalDataSource trusting = DataSources.pool("trusting", template, transactions, unlooked)) {
                fillInTransactions(trusting); // so that nothing is left to be set up on them
                wire.cut();

                transactions.begin();
                assertThatThrownBy(() -> Shop.add(trusting, 1)).isInstanceOf(SQLException.class);
                transactions.rollback();
                for (int round = 0; round < CONNECTIONS; round++) {
                    transactions.begin();
                    Shop.add(trusting, 1);
                    transactions.commit();
                }

                assertThat(database.balance(1)).isEqualTo(100 + CONNECTIONS);
            }
        }
    }

    @Test
    void connections_that_died_without_a_word_cost_no_transaction_where_the_pool_looks() throws Exception {
        PGXADataSource template = database.xa();
        PoolLimits looked = LIMITS.withValidation(Duration.ofHours(1), Duration.ofSeconds(2));
        try (TcpProxy wire = new TcpProxy(template.getPortNumbers()[0])) {
            template.setPortNumbers(new int[] {wire.port()});
            try (AgroalDataSource looking = DataSources.pool("looking", template, transactions, looked)) {
                fillInTransactions(looking); // so that nothing is left to be set up on them
                wire.cut();

                for (int round = 0; round < CONNECTIONS + 1; round++) {
                    transactions.begin();
                    Shop.add(looking, 1);
                    transactions.commit();
                }

                assertThat(database.balance(1)).isEqualTo(100 + CONNECTIONS + 1);
            }
        }
    }

    /** The first use sets a connection up, which finds out. */
    @Test
    void connections_that_died_after_the_pools_look_cost_no_transaction() throws Exception {
        Database ledger = server.newDatabase().withAccounts();
        PGXADataSource template = database.xa();
        PoolLimits unasked = LIMITS.withValidation(Duration.ofHours(1), Duration.ofSeconds(2));
        try (TcpProxy wire = new TcpProxy(template.getPortNumbers()[0])) {
            template.setPortNumbers(new int[] {wire.port()});
            try (AgroalDataSource wired = DataSources.pool("wired", template, transactions, unasked);
                    AgroalDataSource other = DataSources.pool("ledger", ledger.xa(), transactions, LIMITS)) {
                fill(wired);
                wire.cut();

                transactions.begin();
                Shop.add(other, 1);
                Shop.add(wired, 1);
                Shop.add(wired, 1);
                transactions.commit();

                assertThat(database.balance(1)).isEqualTo(102);
                assertThat(ledger.balance(1)).isEqualTo(101);
                assertThat(wired.getMetrics().activeCount()).isZero();
            }
        }
    }

    /** Each connection would cost the request the driver's whole time-out, one after the other. */
    @Test
    void a_server_that_does_not_answer_costs_a_request_two_time_outs_at_most() throws Exception {
        PoolLimits unasked = IMPATIENT
                .withValidation(Duration.ofHours(1), Duration.ofSeconds(2))
                .withDriverBounds(Duration.ofSeconds(5), Duration.ofSeconds(2));
        try (PostgresServer own = PostgresServer.ofItsOwn()) {
            Database silent = own.newDatabase().withAccounts();
            try (AgroalDataSource hung = DataSources.pool("hung", silent.xa(), transactions, unasked)) {
                fill(hung);
                PostgresServer.Frozen frozen = own.freeze();
                try {
                    transactions.begin();
                    assertThatThrownBy(hung::getConnection)
                            .isInstanceOf(SQLException.class)
                            .hasMessageContaining("did not answer");
                    transactions.rollback();
                } finally {
                    frozen.close();
                }
                assertThat(hung.getMetrics().availableCount())
                        .as("connections that nobody had to try")
                        .isGreaterThanOrEqualTo(CONNECTIONS - 2);
            }
        }
    }

    @Test
    void connections_that_died_unused_cost_no_work_outside_of_transactions() throws Exception {
        fill(pool);
        terminateAll();

        for (int round = 0; round < CONNECTIONS + 1; round++) {
            Shop.add(pool, 1);
        }

        assertThat(database.balance(1)).isEqualTo(100 + CONNECTIONS + 1);
    }

    @Test
    void a_connection_that_dies_at_work_outside_of_transactions_fails_once() throws Exception {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            terminateAll();
            assertThatThrownBy(() -> statement.execute("SELECT 1")).isInstanceOf(SQLException.class);
        }

        assertThatCode(() -> Shop.add(pool, 1)).doesNotThrowAnyException();
        assertThat(pool.getMetrics().flushCount() + pool.getMetrics().invalidCount())
                .isPositive();
    }

    @Test
    void a_connection_that_dies_at_work_in_a_transaction_fails_that_one_only() throws Exception {
        transactions.begin();
        Shop.add(pool, 1);
        terminateAll();
        assertThatThrownBy(() -> Shop.add(pool, 1)).isInstanceOf(SQLException.class);
        assertThatThrownBy(transactions::commit).isInstanceOf(RollbackException.class);

        transactions.begin();
        Shop.add(pool, 5);
        transactions.commit();

        assertThat(database.balance(1)).isEqualTo(105);
    }

    @Test
    void a_transaction_that_gets_no_connection_leaves_the_count_as_it_was() throws Exception {
        fill(pool);
        transactions.setTransactionTimeout(1);
        transactions.begin();
        awaitPast(transactions);
        assertThatThrownBy(pool::getConnection).isInstanceOf(SQLException.class).hasMessageContaining("timed out");
        transactions.rollback();

        assertThat(pool.getMetrics().activeCount()).isZero();
    }

    private static void awaitPast(AssentTransactions transactions) {
        while (!transactions.getRollbackOnly()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void a_full_pool_is_named_with_its_limit_and_the_wait() throws Exception {
        try (AgroalDataSource full = DataSources.pool("narrow", database.xa(), transactions, SHORT_OF_TIME)) {
            List<Connection> held = takeAll(full);

            assertThatThrownBy(full::getConnection)
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("narrow")
                    .hasMessageContaining("all its " + CONNECTIONS)
                    .hasMessageMatching(".*for the \\d{3,} ms that this request waited.*");

            for (Connection connection : held) {
                connection.close();
            }
        }
    }

    private static List<Connection> takeAll(AgroalDataSource pool) throws SQLException {
        List<Connection> held = new ArrayList<>();
        for (int taken = 0; taken < CONNECTIONS; taken++) {
            held.add(pool.getConnection());
        }
        return held;
    }

    @Test
    void a_transaction_that_fails_for_want_of_a_connection_says_so() throws Exception {
        try (AgroalDataSource full = DataSources.pool("narrow", database.xa(), transactions, SHORT_OF_TIME)) {
            List<Connection> held = takeAll(full);
            transactions.begin();
            assertThatThrownBy(() -> Shop.add(full, 1)).isInstanceOf(SQLException.class);
            transactions.setRollbackOnly();

            assertThatThrownBy(transactions::commit)
                    .isInstanceOf(RollbackException.class)
                    .hasMessageContaining("the pool narrow is exhausted");

            for (Connection connection : held) {
                connection.close();
            }
        }
    }

    /** The bound is named; it is far from the minutes that a driver without one would wait. */
    @Test
    void a_pool_of_a_database_that_does_not_answer_is_made_at_once_and_its_connections_fail_in_time() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            PGXADataSource template = new PGXADataSource();
            template.setUrl("jdbc:postgresql://127.0.0.1:" + silent.getLocalPort() + "/silent?gssEncMode=disable");
            long start = System.nanoTime();
            try (AgroalDataSource hung = DataSources.pool(
                    "hung",
                    template,
                    transactions,
                    IMPATIENT.withDriverBounds(Duration.ofSeconds(1), Duration.ofSeconds(1)))) {
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
                assertThatThrownBy(hung::getConnection).isInstanceOf(SQLException.class);
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
            }
        }
    }

    /** Of the driver's own threads, which go on alone when its login time-out has let the pool go, none stays. */
    @Test
    void a_pool_of_a_database_that_does_not_answer_leaves_nothing_behind() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            PGXADataSource template = new PGXADataSource();
            template.setUrl("jdbc:postgresql://127.0.0.1:" + silent.getLocalPort()
                    + "/silent?gssEncMode=disable&sslmode=disable");
            try (AgroalDataSource hung = DataSources.pool(
                    "hung",
                    template,
                    transactions,
                    IMPATIENT.withDriverBounds(Duration.ofSeconds(1), Duration.ofMinutes(15)))) {
                assertThatThrownBy(hung::getConnection).isInstanceOf(SQLException.class);
            }
            for (int attempt = 0; attempt < 2; attempt++) { // of recovery, at registration, and of the pool
                try (Socket seen = silent.accept()) {
                    seen.setSoTimeout(120_000);
                    seen.getInputStream().readAllBytes(); // returns when the driver has closed its end
                }
            }
        }
    }

    @Test
    void what_the_user_bounded_stays_and_what_is_unbounded_gets_a_bound() throws Exception {
        PGXADataSource template = database.xa();
        template.setSocketTimeout(77);
        try (AgroalDataSource bounded = DataSources.pool("bounded", template, transactions, LIMITS);
                Connection connection = bounded.getConnection();
                Connection other = pool.getConnection()) {
            assertThat(connection.getNetworkTimeout()).isEqualTo(77_000);
            assertThat(other.getNetworkTimeout())
                    .isEqualTo((int) LIMITS.socketTimeout().toMillis());
        }
    }

    /** As many connections as the pool may have, all idle. */
    private static void fill(AgroalDataSource pool) throws Exception {
        fill(pool, allThere -> use(pool, allThere));
    }

    /** The same, each with a branch behind it. */
    private void fillInTransactions(AgroalDataSource pool) throws Exception {
        fill(pool, allThere -> {
            transactions.begin();
            use(pool, allThere);
            transactions.commit();
            return null;
        });
    }

    private interface Use {
        @Nullable
        Void of(CountDownLatch allThere) throws Exception;
    }

    private static void fill(AgroalDataSource pool, Use one) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
        CountDownLatch allThere = new CountDownLatch(CONNECTIONS);
        List<Future<?>> uses = new ArrayList<>();
        for (int thread = 0; thread < CONNECTIONS; thread++) {
            uses.add(threads.submit(() -> one.of(allThere)));
        }
        for (Future<?> use : uses) {
            use.get(120, TimeUnit.SECONDS);
        }
        threads.shutdown();
        assertThat(pool.getMetrics().availableCount()).isEqualTo(CONNECTIONS);
    }

    private static @Nullable Void use(AgroalDataSource pool, CountDownLatch allThere)
            throws SQLException, InterruptedException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT 1")) {
            assertThat(row.next()).isTrue();
            allThere.countDown();
            assertThat(allThere.await(120, TimeUnit.SECONDS)).isTrue();
        }
        return null;
    }

    /** Returns when the backends are gone. */
    private void terminateAll() throws SQLException {
        database.strings("SELECT pg_terminate_backend(pid, 10000)::text FROM pg_stat_activity WHERE datname = '"
                + database.name() + "' AND pid <> pg_backend_pid()");
    }
}
