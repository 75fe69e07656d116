package dev.assent.rm.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.jta.Participation;
import dev.assent.rm.testing.MemoryTransactionService;
import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.Shop;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.Transaction;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.xa.PGXADataSource;

@ExtendWith(PostgresExtension.class)
class PooledTransactionsTest {
    private final PostgresServer server;
    private final MemoryTransactionService service = new MemoryTransactionService();
    private final AssentTransactions transactions = new AssentTransactions(service);
    private final Shop shop;

    PooledTransactionsTest(PostgresServer server) throws SQLException {
        this.server = server;
        this.shop = Shop.open(server, transactions);
    }

    @AfterEach
    void all_connections_are_back_and_nothing_is_prepared() throws SQLException {
        assertThat(shop.firstPool().getMetrics().activeCount()).isZero();
        assertThat(server.preparedTransactions()).isEmpty();
        shop.close();
    }

    @Test
    void two_databases_commit_together() throws Exception {
        transactions.begin();
        shop.move(30);
        assertThat(shop.first().balance(1)).isEqualTo(100);
        transactions.commit();

        assertThat(shop.first().balance(1)).isEqualTo(70);
        assertThat(shop.second().balance(1)).isEqualTo(130);
    }

    @Test
    void two_databases_roll_back_together() throws Exception {
        transactions.begin();
        shop.move(30);
        transactions.rollback();

        assertThat(shop.first().balance(1)).isEqualTo(100);
        assertThat(shop.second().balance(1)).isEqualTo(100);
    }

    @Test
    void a_failed_statement_rolls_both_back_even_if_the_application_hides_it() throws Exception {
        transactions.begin();
        shop.move(30);
        try (Connection connection = shop.secondPool().getConnection();
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute("BROKEN")).isInstanceOf(SQLException.class);
        }

        assertThatThrownBy(transactions::commit).isInstanceOf(RollbackException.class);
        assertThat(shop.first().balance(1)).isEqualTo(100);
        assertThat(shop.second().balance(1)).isEqualTo(100);
    }

    @Test
    void a_data_source_gives_one_connection_per_transaction() throws Exception {
        transactions.begin();
        int first = backend();
        int again = backend();
        Transaction suspended = Objects.requireNonNull(transactions.suspend());
        transactions.begin();
        int inner = backend();
        transactions.commit();
        transactions.resume(suspended);
        int resumed = backend();
        transactions.commit();

        assertThat(again).isEqualTo(first);
        assertThat(resumed).isEqualTo(first);
        assertThat(inner).isNotEqualTo(first);
    }

    @Test
    void without_a_transaction_a_connection_commits_by_itself() throws Exception {
        Shop.add(shop.firstPool(), 5);

        assertThat(shop.first().balance(1)).isEqualTo(105);
    }

    @Test
    void what_was_not_committed_outside_of_transactions_is_not_when_its_connection_is_given_back() throws Exception {
        try (Connection connection = shop.firstPool().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.executeUpdate("UPDATE account SET balance = balance + 5 WHERE id = 1");
        }
        assertThat(shop.first().balance(1)).isEqualTo(100);

        try (Connection connection = shop.firstPool().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.executeUpdate("UPDATE account SET balance = balance + 5 WHERE id = 1");
            connection.commit();
        }
        assertThat(shop.first().balance(1)).isEqualTo(105);
        Shop.add(shop.firstPool(), 5);
        assertThat(shop.first().balance(1)).isEqualTo(110);
    }

    @Test
    void a_connection_commits_by_itself_again_after_it_was_in_a_transaction() throws Exception {
        for (int round = 0; round < 8; round++) {
            transactions.begin();
            Shop.add(shop.firstPool(), 1);
            if (round % 2 == 0) {
                transactions.commit();
            } else {
                transactions.rollback();
            }
            Shop.add(shop.firstPool(), 10);
        }

        assertThat(shop.first().balance(1)).isEqualTo(100 + 4 + 80);
    }

    @Test
    void a_connection_taken_before_begin_is_refused_inside() throws Exception {
        try (Connection early = shop.firstPool().getConnection()) {
            transactions.begin();
            assertThatThrownBy(early::createStatement).isInstanceOf(SQLException.class);
            transactions.rollback();
        }
    }

    @Test
    void a_transaction_that_can_only_roll_back_gets_no_new_connection() throws Exception {
        transactions.begin();
        transactions.setRollbackOnly();

        assertThatThrownBy(shop.firstPool()::getConnection)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("first")
                .hasMessageContaining("rollback-only");
        transactions.rollback();
    }

    /** Jakarta Transactions 2.0, section 3.3.2: after completion the transaction is over, and the thread free. */
    @Test
    void after_completion_connections_are_back_and_new_ones_commit_by_themselves() throws Exception {
        List<Long> active = new ArrayList<>();
        transactions.begin();
        Shop.add(shop.firstPool(), 5);
        Objects.requireNonNull(transactions.getTransaction()).registerSynchronization(new Synchronization() {
            @Override
            public void beforeCompletion() {}

            @Override
            public void afterCompletion(int status) {
                active.add(shop.firstPool().getMetrics().activeCount());
                try {
                    Shop.add(shop.firstPool(), 10);
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        transactions.commit();

        assertThat(active).containsExactly(0L);
        assertThat(shop.first().balance(1)).isEqualTo(115);
    }

    /** As above, in a transaction of its own. */
    @Test
    void after_completion_an_interposed_synchronization_can_work_in_a_new_transaction() throws Exception {
        transactions.begin();
        Shop.add(shop.firstPool(), 5);
        transactions.registerInterposedSynchronization(new Synchronization() {
            @Override
            public void beforeCompletion() {}

            @Override
            public void afterCompletion(int status) {
                try {
                    transactions.begin();
                    shop.move(20);
                    transactions.commit();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        transactions.commit();

        assertThat(shop.first().balance(1)).isEqualTo(85);
        assertThat(shop.second().balance(1)).isEqualTo(120);
    }

    @Test
    void work_after_the_coordinator_gave_up_is_refused_and_lost() throws Exception {
        transactions.begin();
        try (Connection connection = shop.firstPool().getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE account SET balance = 0 WHERE id = 1");
            service.giveUp(transactions.token().orElseThrow());

            assertThatThrownBy(() -> statement.executeUpdate("UPDATE account SET balance = 1 WHERE id = 1"))
                    .isInstanceOf(SQLException.class);
        }
        transactions.setRollbackOnly();
        assertThatThrownBy(transactions::commit).isInstanceOf(RollbackException.class);

        assertThat(shop.first().balance(1)).isEqualTo(100);
        assertThat(backend()).isPositive();
    }

    @Test
    void joined_work_that_was_dropped_gives_its_connection_back_before_the_outcome_is_known() throws Exception {
        AssentTransactions caller = new AssentTransactions(service);
        caller.begin();
        String token = caller.token().orElseThrow();
        Participation call = transactions.join(token);
        Shop.add(shop.firstPool(), 5);
        List<Integer> heard = new CopyOnWriteArrayList<>();
        transactions.registerInterposedSynchronization(listener(heard));
        call.leave();
        assertThat(shop.firstPool().getMetrics().activeCount()).isEqualTo(1);

        service.dropWork(token);

        awaitTrue(() -> shop.firstPool().getMetrics().activeCount() == 0);
        assertThat(heard).isEmpty();
        Participation again = transactions.join(token);
        assertThatThrownBy(shop.firstPool()::getConnection)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("rollback-only");
        again.close();
        Shop.add(shop.firstPool(), 10);
        caller.rollback();
        awaitTrue(() -> !heard.isEmpty());
        assertThat(heard).containsExactly(Status.STATUS_ROLLEDBACK);
        assertThat(shop.first().balance(1)).isEqualTo(110);
    }

    /** A joined transaction's end is told on threads of its own. */
    private static void awaitTrue(BooleanSupplier condition) {
        long endNanos = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < endNanos) {
            Thread.onSpinWait();
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private static Synchronization listener(List<Integer> heard) {
        return new Synchronization() {
            @Override
            public void beforeCompletion() {}

            @Override
            public void afterCompletion(int status) {
                heard.add(status);
            }
        };
    }

    @Test
    void a_pool_makes_its_database_known_to_recovery() throws Exception {
        assertThat(service.resource("first").inDoubt())
                .succeedsWithin(Duration.ofMinutes(1))
                .isEqualTo(List.of());
        assertThat(service.resource("second").name()).isEqualTo("second");
    }

    @Test
    void a_template_set_by_properties_is_read_like_one_with_a_url() throws Exception {
        PGXADataSource byUrl = shop.first().xa();
        PGXADataSource template = new PGXADataSource();
        template.setServerNames(byUrl.getServerNames());
        template.setPortNumbers(byUrl.getPortNumbers());
        template.setDatabaseName(byUrl.getDatabaseName());
        template.setUser("postgres");
        template.setApplicationName("from a template");

        try (var pool = DataSources.pool("third", template, transactions);
                Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW application_name")) {
            row.next();
            assertThat(row.getString(1)).isEqualTo("from a template");
        }
    }

    private int backend() throws SQLException {
        try (Connection connection = shop.firstPool().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }
}
