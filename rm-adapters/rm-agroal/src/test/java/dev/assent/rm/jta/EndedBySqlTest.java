package dev.assent.rm.jta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.jdbc.DataSources;
import dev.assent.rm.jdbc.PoolLimits;
import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import dev.assent.rm.testing.ZooKeeperEnsemble;
import dev.assent.rm.xa.XaResourceManager;
import dev.assent.tx.bulkhead.Bulkhead;
import dev.assent.tx.service.EmbeddedTransactionService;
import dev.assent.tx.service.TxConfig;
import io.agroal.api.AgroalDataSource;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.XAConnection;
import javax.transaction.xa.XAResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An application that ends, by SQL, its branch over a bare connection.
 *
 * <pre>
 * resources: two PostgreSQL databases, each over a bare XAResource, with and without the connection in our sight
 * fault:     COMMIT or ROLLBACK as a statement, with or without work after it; a statement that fails
 * expected:  what may be committed is never told as rolled back, and what is rolled back for certain is told so
 * </pre>
 */
@ExtendWith(PostgresExtension.class)
@Timeout(240)
class EndedBySqlTest {
    /** Long enough for the work on a busy machine: work that comes too late fails, and the test with it. */
    private static final int SHORT_SECONDS = 6;

    private final PostgresServer server;
    private final Database first;
    private final Database second;
    private final ZooKeeperEnsemble ensemble;
    private final EmbeddedTransactionService service;
    private final AssentTransactions transactions;
    private final XAConnection one;
    private final XAConnection other;

    EndedBySqlTest(PostgresServer server, @TempDir Path directory) throws Exception {
        this.server = server;
        first = server.newDatabase().withAccounts();
        second = server.newDatabase().withAccounts();
        ensemble = new ZooKeeperEnsemble(directory);
        service = EmbeddedTransactionService.start(TxConfig.of(ensemble.connect()));
        transactions = new AssentTransactions(service);
        transactions.registerRecovery("first", first.xa());
        transactions.registerRecovery("second", second.xa());
        one = first.xa().getXAConnection();
        other = second.xa().getXAConnection();
    }

    @AfterEach
    void nothing_is_left_prepared() throws SQLException {
        service.close();
        one.close();
        other.close();
        ensemble.close();
        assertThat(server.preparedTransactions()).isEmpty();
    }

    private enum Sight {
        WITH_CONNECTION,
        /** The application has closed its handle by then, as the specification lets it. */
        HANDLE_CLOSED,
        RESOURCE_ONLY
    }

    /** Works in both databases, and ends the branch in the first as the application pleases. */
    private void work(Sight sight, String... statements) throws Exception {
        transactions.begin();
        Connection here = one.getConnection(); // closed with its XAConnection
        Connection there = other.getConnection();
        enlist("second", other.getXAResource(), there, sight);
        execute(there, "UPDATE account SET balance = balance + 30 WHERE id = 1");
        enlist("first", one.getXAResource(), here, sight);
        execute(here, "UPDATE account SET balance = balance - 30 WHERE id = 1");
        for (String sql : statements) {
            execute(here, sql);
        }
        closeIf(sight, here);
    }

    private static void closeIf(Sight sight, Connection handle) throws SQLException {
        if (sight == Sight.HANDLE_CLOSED) {
            handle.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_may_be_committed_is_not_told_as_rolled_back(Sight sight) throws Exception {
        work(sight, "COMMIT");

        assertThatThrownBy(transactions::commit)
                .isInstanceOf(HeuristicMixedException.class)
                .hasMessageContaining("the application ended the branch in first itself");
        assertThat(first.balance(1)).isEqualTo(70);
        assertThat(second.balance(1)).isEqualTo(100);
        assertThat(service.heuristics().list()).hasSize(1);
    }

    /** What the driver runs after the commit is in no transaction, and lasts too. */
    @ParameterizedTest
    @EnumSource
    void work_after_the_end_hides_nothing(Sight sight) throws Exception {
        work(sight, "COMMIT", "UPDATE account SET balance = balance - 1 WHERE id = 1");

        assertThatThrownBy(transactions::commit).isInstanceOf(HeuristicMixedException.class);
        assertThat(first.balance(1)).isEqualTo(69);
        assertThat(second.balance(1)).isEqualTo(100);
    }

    /** The database's bulkhead hangs, so the branch is looked at late. */
    @ParameterizedTest
    @EnumSource
    void what_is_looked_at_late_is_not_told_as_rolled_back(Sight sight) throws Exception {
        AtomicBoolean hanging = new AtomicBoolean();
        CountDownLatch thaw = new CountDownLatch(1);
        XaResourceManager hung = new XaResourceManager("hung", () -> {
            if (hanging.get()) {
                await(thaw);
            }
            return first.xa().getXAConnection();
        });
        transactions.registerRecovery(hung);
        hung.checkUsable();
        transactions.begin();
        Connection here = one.getConnection();
        Connection there = other.getConnection();
        enlist("hung", one.getXAResource(), here, sight);
        execute(here, "UPDATE account SET balance = balance - 30 WHERE id = 1");
        enlist("second", other.getXAResource(), there, Sight.WITH_CONNECTION);
        execute(there, "UPDATE account SET balance = balance + 30 WHERE id = 1");
        execute(here, "COMMIT");
        closeIf(sight, here);
        hanging.set(true);
        List<CompletionStage<?>> scans = new ArrayList<>();
        for (int scan = 0; scan < Bulkhead.Limits.DEFAULT.threadsMax(); scan++) {
            scans.add(hung.inDoubt());
        }

        // The scans give up on their own, and the vote comes then.
        assertThatThrownBy(transactions::commit).isInstanceOf(HeuristicMixedException.class);
        assertThat(scans).isNotEmpty();
        assertThat(first.balance(1)).isEqualTo(70);
        assertThat(second.balance(1)).isEqualTo(100);
        thaw.countDown();
    }

    private static void await(CountDownLatch latch) throws SQLException {
        try {
            assertThat(latch.await(3, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted", e);
        }
    }

    /** What the pool has heard stays true when nobody can be asked any more. */
    @Test
    void what_was_seen_is_told_though_its_connection_dies() throws Exception {
        try (AgroalDataSource pool = DataSources.pool("pooled", first.xa(), transactions, PoolLimits.DEFAULT)) {
            transactions.begin();
            try (Connection here = pool.getConnection()) {
                execute(here, "UPDATE account SET balance = balance - 30 WHERE id = 1");
                execute(here, "COMMIT");
            }
            first.strings("SELECT pg_terminate_backend(pid, 10000)::text FROM pg_stat_activity WHERE datname = '"
                    + first.name() + "' AND pid <> pg_backend_pid()");

            assertThatThrownBy(transactions::commit)
                    .isInstanceOf(HeuristicMixedException.class)
                    .hasMessageContaining("COMMIT");
        }
        assertThat(first.balance(1)).isEqualTo(70);
    }

    @Test
    void a_rollback_that_may_not_undo_everything_says_so() throws Exception {
        work(Sight.WITH_CONNECTION, "COMMIT");

        assertThatThrownBy(transactions::rollback)
                .isInstanceOf(SystemException.class)
                .hasMessageContaining("the application ended the branch in first itself");
        assertThat(first.balance(1)).isEqualTo(70);
    }

    @ParameterizedTest
    @EnumSource
    void a_rollback_that_the_application_asks_for_says_so_as_well(Sight sight) throws Exception {
        work(sight, "COMMIT");

        assertThatThrownBy(transactions::rollback)
                .isInstanceOf(SystemException.class)
                .hasMessageContaining("the application ended the branch in first itself");
        assertThat(first.balance(1)).isEqualTo(70);
        assertThat(second.balance(1)).isEqualTo(100);
    }

    /** The coordinator rolls back while the application may be working still. */
    @ParameterizedTest
    @EnumSource
    void at_the_deadline_what_may_be_committed_is_not_told_as_rolled_back(Sight sight) throws Exception {
        transactions.setTransactionTimeout(SHORT_SECONDS);
        work(sight, "COMMIT");
        awaitRolledBack(second);

        assertThatThrownBy(transactions::commit)
                .isInstanceOf(HeuristicMixedException.class)
                .hasMessageContaining("the application ended the branch in first itself");
        assertThat(first.balance(1)).isEqualTo(70);
        assertThat(second.balance(1)).isEqualTo(100);
        assertThat(service.heuristics().list()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void at_the_deadline_branches_that_nobody_ended_are_rolled_back_and_nothing_else(Sight sight) throws Exception {
        transactions.setTransactionTimeout(SHORT_SECONDS);
        work(sight);
        awaitRolledBack(second);
        awaitRolledBack(first);

        assertThatThrownBy(transactions::commit).isInstanceOf(RollbackException.class);
        assertThat(first.balance(1)).isEqualTo(100);
        assertThat(second.balance(1)).isEqualTo(100);
        assertThat(service.heuristics().list()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void a_rollback_of_branches_that_nobody_ended_undoes_them(Sight sight) throws Exception {
        work(sight);

        transactions.rollback();

        assertThat(first.balance(1)).isEqualTo(100);
        assertThat(second.balance(1)).isEqualTo(100);
        assertThat(service.heuristics().list()).isEmpty();
    }

    /** The lock on the account is waited for, as long as the branch has it. */
    private static void awaitRolledBack(Database database) throws SQLException {
        database.execute("UPDATE account SET balance = balance WHERE id = 1");
    }

    @ParameterizedTest
    @EnumSource
    void an_only_branch_that_may_be_committed_is_not_told_as_rolled_back(Sight sight) throws Exception {
        transactions.begin();
        Connection here = one.getConnection();
        enlist("first", one.getXAResource(), here, sight);
        execute(here, "UPDATE account SET balance = balance - 30 WHERE id = 1");
        execute(here, "COMMIT");
        closeIf(sight, here);

        assertThatThrownBy(transactions::commit)
                .isInstanceOf(HeuristicMixedException.class)
                .hasMessageContaining("the application ended the branch in first itself");
        assertThat(first.balance(1)).isEqualTo(70);
    }

    /** The database says of this one that it is rolled back, whoever looks. */
    @ParameterizedTest
    @EnumSource
    void a_branch_in_which_a_statement_failed_is_rolled_back_and_nothing_else(Sight sight) throws Exception {
        work(sight, "BROKEN STATEMENT");

        assertThatThrownBy(transactions::commit)
                .isInstanceOf(RollbackException.class)
                .hasMessageContaining("an earlier statement failed");
        assertThat(first.balance(1)).isEqualTo(100);
        assertThat(second.balance(1)).isEqualTo(100);
        assertThat(service.heuristics().list()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void branches_that_nobody_ended_commit(Sight sight) throws Exception {
        work(sight);

        transactions.commit();

        assertThat(first.balance(1)).isEqualTo(70);
        assertThat(second.balance(1)).isEqualTo(130);
    }

    private void enlist(String name, XAResource driver, Connection connection, Sight sight) throws Exception {
        XAResource resource = sight == Sight.RESOURCE_ONLY
                ? transactions.resource(name, driver)
                : transactions.resource(name, driver, connection);
        Objects.requireNonNull(transactions.getTransaction()).enlistResource(resource);
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            if (!sql.startsWith("BROKEN")) {
                throw e;
            }
        }
    }
}
