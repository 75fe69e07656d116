package dev.assent.rm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import dev.assent.rm.testing.Shop;
import dev.assent.rm.testing.ZooKeeperEnsemble;
import dev.assent.store.StoreConfig;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.service.EmbeddedTransactionService;
import dev.assent.tx.service.TxConfig;
import jakarta.transaction.RollbackException;
import jakarta.transaction.TransactionManager;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import javax.sql.DataSource;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Plain Java over the real embedded coordinator, a real store and a real PostgreSQL. */
@ExtendWith(PostgresExtension.class)
@Timeout(240)
class AssentTest {
    private final PostgresServer server;
    private final Database orders;
    private final Database ledger;
    private final ZooKeeperEnsemble ensemble;

    AssentTest(PostgresServer server, @TempDir Path directory) throws Exception {
        this.server = server;
        this.orders = server.newDatabase().withAccounts();
        this.ledger = server.newDatabase().withAccounts();
        this.ensemble = new ZooKeeperEnsemble(directory);
    }

    @BeforeEach
    @AfterEach
    void nothing_is_prepared() throws SQLException {
        assertThat(server.preparedTransactions()).isEmpty();
    }

    @AfterEach
    void close() {
        ensemble.close();
    }

    /** What the README shows, call by call. */
    @Test
    void the_example_of_the_readme_runs() throws Exception {
        XADataSource ordersDatabase = orders.xa();
        XADataSource ledgerDatabase = ledger.xa();

        try (Assent assent = Assent.connect(ensemble.connect())) {
            TransactionManager transactions = assent.transactions(); // also UserTransaction and the registry
            DataSource pool = assent.pool("orders", ordersDatabase); // pooled, enlisted and recovered by itself
            assent.registerRecovery("ledger", ledgerDatabase); // for work over a bare XAResource

            XAConnection bare = ledgerDatabase.getXAConnection();
            transactions.begin();
            try (Connection order = pool.getConnection();
                    Statement insert = order.createStatement();
                    Statement debit = bare.getConnection().createStatement()) {
                insert.executeUpdate("INSERT INTO account VALUES (3, 30)");
                transactions.getTransaction().enlistResource(assent.resource("ledger", bare.getXAResource()));
                debit.executeUpdate("UPDATE account SET balance = balance - 30 WHERE id = 1");
                transactions.commit(); // both or neither, whoever dies
            } finally {
                bare.close();
            }
        }

        assertThat(orders.balance(3)).isEqualTo(30);
        assertThat(ledger.balance(1)).isEqualTo(70);
    }

    @Test
    void pools_commit_and_roll_back_over_the_embedded_coordinator() throws Exception {
        try (Assent assent = Assent.connect(ensemble.connect())) {
            DataSource first = assent.pool("orders", orders.xa(), 4);
            DataSource second = assent.pool("ledger", ledger.xa(), 4);
            for (int round = 0; round < 6; round++) {
                assent.transactions().begin();
                Shop.add(first, -1);
                Shop.add(second, 1);
                if (round % 2 == 0) {
                    assent.transactions().commit();
                } else {
                    assent.transactions().rollback();
                }
            }
        }

        assertThat(orders.balance(1)).isEqualTo(97);
        assertThat(ledger.balance(1)).isEqualTo(103);
    }

    @Test
    void a_transaction_that_expires_under_work_ends_by_itself_and_frees_its_locks() throws Exception {
        try (Assent assent = Assent.connect(ensemble.connect())) {
            DataSource pool = assent.pool("orders", orders.xa(), 4);
            assent.transactions().begin();
            Shop.add(pool, 0); // the first one waits until the name of its database is verified
            assent.transactions().commit();
            assent.transactions().setTransactionTimeout(2);
            assent.transactions().begin();
            Shop.add(pool, -1);

            orders.execute("UPDATE account SET balance = balance + 5 WHERE id = 1");

            assertThatThrownBy(() -> Shop.add(pool, -1)).isInstanceOf(SQLException.class);
            assertThatThrownBy(assent.transactions()::commit)
                    .isInstanceOf(RollbackException.class)
                    .hasMessageContaining("timed out");
            assent.transactions().setTransactionTimeout(0);
            Shop.add(pool, 10);
        }

        assertThat(orders.balance(1)).isEqualTo(115);
    }

    @Test
    void branches_that_a_dead_coordinator_left_prepared_are_rolled_back_by_the_next_one() throws Exception {
        TxConfig config = TxConfig.of(ensemble.connect());
        TxConfig quick = config.withStore(config.store().withSessionTimeout(Duration.ofSeconds(10)));
        try (Assent dead = Assent.over(EmbeddedTransactionService.start(quick))) {
            dead.registerRecovery("orders", orders.xa());
            dead.transactions().begin();
            XAConnection bare = orders.xa().getXAConnection();
            var held = new HeldBack(bare.getXAResource());
            Objects.requireNonNull(dead.transactions().getTransaction()).enlistResource(dead.resource("orders", held));
            try (Statement work = bare.getConnection().createStatement()) {
                work.executeUpdate("UPDATE account SET balance = 0 WHERE id = 1");
            }
            held.prepareBehindTheCoordinatorsBack();
            bare.close();
            assertThat(server.preparedTransactions()).hasSize(1);
            dead.transactions().suspend();
        }

        try (Assent next = Assent.connect(ensemble.connect())) {
            next.registerRecovery("orders", orders.xa());
            orders.execute("UPDATE account SET balance = balance + 1 WHERE id = 1");
        }

        assertThat(orders.balance(1)).isEqualTo(101);
    }

    @Test
    void an_unreachable_ensemble_is_named() {
        TxConfig config = new TxConfig(
                StoreConfig.of("127.0.0.1:1").withConnectTimeout(Duration.ofMillis(500)),
                Duration.ofMinutes(1),
                Duration.ofSeconds(1),
                TxConfig.of("127.0.0.1:1").retries(),
                TxConfig.of("127.0.0.1:1").recovery(),
                TxConfig.of("127.0.0.1:1").limits());

        assertThatThrownBy(() -> EmbeddedTransactionService.start(config))
                .isInstanceOf(TransactionServiceException.class)
                .hasMessageContaining("127.0.0.1:1");
    }
}
