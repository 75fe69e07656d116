package dev.assent.rm.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.Shop;
import dev.assent.rm.testing.ZooKeeperEnsemble;
import dev.assent.tx.service.EmbeddedTransactionService;
import dev.assent.tx.service.TxConfig;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.jdbc.PgConnection;

/** What applications do with a connection inside a branch besides plain statements: real coordinator and databases. */
@ExtendWith(PostgresExtension.class)
@Timeout(240)
class BranchConnectionsTest {
    private final PostgresServer server;
    private final ZooKeeperEnsemble ensemble;
    private final EmbeddedTransactionService service;
    private final AssentTransactions transactions;
    private final Shop shop;

    BranchConnectionsTest(PostgresServer server, @TempDir Path directory) throws Exception {
        this.server = server;
        ensemble = new ZooKeeperEnsemble(directory);
        service = EmbeddedTransactionService.start(TxConfig.of(ensemble.connect()));
        transactions = new AssentTransactions(service);
        shop = Shop.open(server, transactions);
    }

    @AfterEach
    void close() throws SQLException {
        assertThat(shop.firstPool().getMetrics().activeCount()).isZero();
        service.close();
        shop.close();
        ensemble.close();
        assertThat(server.preparedTransactions()).isEmpty();
    }

    @Test
    void work_after_a_savepoint_is_undone_by_itself() throws Exception {
        transactions.begin();
        shop.move(30);
        try (Connection connection = shop.firstPool().getConnection()) {
            Savepoint savepoint = connection.setSavepoint();
            Shop.add(shop.firstPool(), -60);
            connection.rollback(savepoint);
            Savepoint named = connection.setSavepoint("named");
            Shop.add(shop.firstPool(), -1);
            connection.releaseSavepoint(named);
        }
        transactions.commit();

        assertThat(shop.first().balance(1)).isEqualTo(69);
        assertThat(shop.second().balance(1)).isEqualTo(130);
    }

    @Test
    void a_failed_statement_is_undone_by_its_savepoint_and_the_rest_commits() throws Exception {
        transactions.begin();
        shop.move(30);
        try (Connection connection = shop.firstPool().getConnection();
                Statement statement = connection.createStatement()) {
            Savepoint savepoint = connection.setSavepoint();
            assertThatThrownBy(() -> statement.execute("INSERT INTO account VALUES (1, 0)"))
                    .isInstanceOf(SQLException.class);
            connection.rollback(savepoint);
        }
        transactions.commit();

        assertThat(shop.first().balance(1)).isEqualTo(70);
    }

    @Test
    void an_isolation_level_holds_for_one_transaction_and_does_not_stay_with_the_connection() throws Exception {
        transactions.begin();
        try (Connection connection = shop.firstPool().getConnection()) {
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            assertThat(isolation(connection)).isEqualTo("serializable");
            assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
        }
        shop.move(5);
        transactions.commit();

        for (int round = 0; round < 4; round++) {
            transactions.begin();
            try (Connection connection = shop.firstPool().getConnection()) {
                assertThat(isolation(connection)).isEqualTo("read committed");
            }
            transactions.rollback();
        }
        assertThat(shop.first().balance(1)).isEqualTo(95);
    }

    @Test
    void an_isolation_level_that_comes_too_late_is_refused_and_costs_nothing_else() throws Exception {
        transactions.begin();
        shop.move(5);
        try (Connection connection = shop.firstPool().getConnection()) {
            assertThatThrownBy(() -> connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("before its first statement");
        }
        transactions.commit();

        assertThat(shop.first().balance(1)).isEqualTo(95);
    }

    private static String isolation(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW transaction_isolation")) {
            row.next();
            return row.getString(1);
        }
    }

    /** XA_HEURCOM in all but name: the database committed what the coordinator then rolled back. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "COMMIT",
                "commit work;",
                "UPDATE account SET balance = balance WHERE id = 2; COMMIT",
                "COMMIT AND CHAIN",
                "COMMIT; BEGIN",
                "END"
            })
    void an_application_that_commits_its_branch_by_sql_is_told_so_and_not_that_it_rolled_back(String sql)
            throws Exception {
        transactions.begin();
        shop.move(30);
        try (Connection connection = shop.firstPool().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
            assertThatThrownBy(() -> statement.execute("SELECT 1"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("itself, by SQL");
        }

        assertThatThrownBy(transactions::commit)
                .isInstanceOf(HeuristicMixedException.class)
                .hasMessageContaining("first")
                .hasMessageContaining("its work is committed in that database");
        assertThat(shop.first().balance(1)).isEqualTo(70);
        assertThat(shop.second().balance(1)).isEqualTo(100);
        assertThat(service.heuristics().list()).hasSize(1);
    }

    @Test
    void an_application_that_commits_its_only_branch_by_sql_is_told_so() throws Exception {
        transactions.begin();
        Shop.add(shop.firstPool(), 1);
        executeFirst("COMMIT");

        assertThatThrownBy(transactions::commit)
                .isInstanceOf(HeuristicMixedException.class)
                .hasMessageContaining("its work is committed in that database");
        assertThat(shop.first().balance(1)).isEqualTo(101);
    }

    @Test
    void a_rollback_cannot_undo_what_was_committed_by_sql_and_says_so() throws Exception {
        transactions.begin();
        shop.move(30);
        executeFirst("COMMIT");

        assertThatThrownBy(transactions::rollback)
                .isInstanceOf(SystemException.class)
                .hasMessageContaining("its work is committed in that database");
        assertThat(shop.second().balance(1)).isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ROLLBACK", "ABORT", "rollback and chain"})
    void an_application_that_rolls_its_branch_back_by_sql_rolls_all_back(String sql) throws Exception {
        transactions.begin();
        shop.move(30);
        executeFirst(sql);

        assertThatThrownBy(transactions::commit)
                .isInstanceOf(RollbackException.class)
                .hasMessageContaining("itself, by SQL");
        assertThat(shop.first().balance(1)).isEqualTo(100);
        assertThat(shop.second().balance(1)).isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DO $$ BEGIN UPDATE account SET balance = balance + 1 WHERE id = 2; END $$",
                "UPDATE account SET balance = balance + 1 WHERE id = 2 AND 'commit; begin' <> 'rollback'",
                "SAVEPOINT a; UPDATE account SET balance = 0 WHERE id = 2; ROLLBACK TO SAVEPOINT a;"
                        + " UPDATE account SET balance = balance + 1 WHERE id = 2"
            })
    void what_only_looks_like_an_end_is_none(String sql) throws Exception {
        transactions.begin();
        shop.move(30);
        executeFirst(sql);
        transactions.commit();

        assertThat(shop.first().balance(1)).isEqualTo(70);
        assertThat(shop.first().balance(2)).isEqualTo(101);
        assertThat(shop.second().balance(1)).isEqualTo(130);
    }

    @Test
    void a_statement_after_the_time_out_says_that_it_was_the_time_out() throws Exception {
        transactions.setTransactionTimeout(2);
        transactions.begin();
        try (Connection connection = shop.firstPool().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT 1");
            shop.first().strings("SELECT pg_sleep(2.5)::text");
            assertThatThrownBy(() -> statement.execute("SELECT 1"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("timed out");
        }
        transactions.rollback();
    }

    @Test
    void the_database_hears_of_a_branch_with_its_first_statement() throws Exception {
        transactions.begin();
        shop.move(30); // has found the first connections
        transactions.commit();

        transactions.begin();
        try (Connection connection = shop.firstPool().getConnection();
                Statement statement = connection.createStatement()) {
            assertThat(inTransaction()).isZero();
            statement.execute("SELECT 1");
            assertThat(inTransaction()).isEqualTo(1);
        }
        transactions.rollback();
        assertThat(inTransaction()).isZero();
    }

    private long inTransaction() throws SQLException {
        return shop.first()
                .number("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND state LIKE 'idle in transaction%'");
    }

    @Test
    void a_branch_of_which_the_database_has_heard_nothing_hinders_nobody() throws Exception {
        transactions.begin();
        Shop.add(shop.secondPool(), 1);
        try (Connection connection = shop.firstPool().getConnection();
                PreparedStatement statement = connection.prepareStatement("SELECT ?::int")) {
            // The driver refuses it before it says anything to the server.
            assertThatThrownBy(statement::executeQuery).isInstanceOf(SQLException.class);
        }
        transactions.commit();
        assertThat(shop.second().balance(1)).isEqualTo(101);

        transactions.begin();
        shop.firstPool().getConnection().close();
        transactions.commit();
        transactions.begin();
        shop.firstPool().getConnection().close();
        transactions.rollback();
    }

    /** Nothing was open before it, so nothing seems to have ended after it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE account SET balance = balance - 30 WHERE id = 1; COMMIT",
                "BEGIN; UPDATE account SET balance = balance - 30 WHERE id = 1; END",
                "UPDATE account SET balance = balance - 30 WHERE id = 1; COMMIT; BEGIN"
            })
    void a_first_statement_that_commits_itself_is_noticed(String sql) throws Exception {
        transactions.begin();
        Shop.add(shop.secondPool(), 30);
        executeFirst(sql);

        assertThatThrownBy(transactions::commit)
                .isInstanceOf(HeuristicMixedException.class)
                .hasMessageContaining("its work is committed in that database");
        assertThat(shop.first().balance(1)).isEqualTo(70);
        assertThat(shop.second().balance(1)).isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2_000})
    void a_first_batch_that_commits_itself_is_noticed(int statements) throws Exception {
        transactions.begin();
        Shop.add(shop.secondPool(), 30);
        try (Connection connection = shop.firstPool().getConnection();
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < statements; i++) {
                statement.addBatch("UPDATE account SET balance = 70 WHERE id = 1");
            }
            statement.addBatch("COMMIT");
            int[] unused = statement.executeBatch();
        }

        assertThatThrownBy(transactions::commit).isInstanceOf(HeuristicMixedException.class);
        assertThat(shop.first().balance(1)).isEqualTo(70);
        assertThat(shop.second().balance(1)).isEqualTo(100);
    }

    /** On the driver's own connection, where nobody looks after statements. */
    @Test
    void a_commit_behind_the_pools_back_is_noticed_though_it_was_the_first_thing_done() throws Exception {
        transactions.begin();
        Shop.add(shop.secondPool(), 30);
        try (Connection connection = shop.firstPool().getConnection();
                Statement statement = connection.unwrap(PgConnection.class).createStatement()) {
            statement.execute("UPDATE account SET balance = balance - 30 WHERE id = 1; COMMIT");
        }

        assertThatThrownBy(transactions::commit)
                .isInstanceOf(HeuristicMixedException.class)
                .hasMessageContaining("ended the branch in first itself");
        assertThat(shop.first().balance(1)).isEqualTo(70);
        assertThat(shop.second().balance(1)).isEqualTo(100);
    }

    private void executeFirst(String sql) throws SQLException {
        try (Connection connection = shop.firstPool().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
