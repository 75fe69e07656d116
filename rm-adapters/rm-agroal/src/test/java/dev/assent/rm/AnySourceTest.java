package dev.assent.rm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import dev.assent.rm.testing.ZooKeeperEnsemble;
import dev.assent.rm.xa.XaResourceSource;
import dev.assent.tx.service.EmbeddedTransactionService;
import dev.assent.tx.service.TxConfig;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.XAConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Jakarta Transactions 2.0, section 3.4.8: recovery over whatever gives XAResources, for as long as it is given. */
@ExtendWith(PostgresExtension.class)
@Timeout(240)
class AnySourceTest {
    private final PostgresServer server;
    private final Database database;
    private final ZooKeeperEnsemble ensemble;
    private final AtomicInteger open = new AtomicInteger();

    AnySourceTest(PostgresServer server, @TempDir Path directory) throws Exception {
        this.server = server;
        this.database = server.newDatabase().withAccounts();
        this.ensemble = new ZooKeeperEnsemble(directory);
    }

    @AfterEach
    void nothing_is_prepared_and_no_connection_left_open() throws SQLException {
        assertThat(server.preparedTransactions()).isEmpty();
        assertThat(open.get()).isZero();
        ensemble.close();
    }

    /** Nothing of it is JDBC to us: a resource, and something to close. */
    private XaResourceSource source() {
        return () -> {
            XAConnection connection = database.xa().getXAConnection();
            open.incrementAndGet();
            return new XaResourceSource.Opened(connection.getXAResource(), () -> {
                open.decrementAndGet();
                connection.close();
            });
        };
    }

    @Test
    void branches_of_a_dead_coordinator_are_ended_over_any_source_of_resources() throws Exception {
        leavePrepared();

        try (Assent next = Assent.connect(ensemble.connect())) {
            next.registerRecovery("broker", source());
            database.execute("UPDATE account SET balance = balance + 1 WHERE id = 1");
        }

        assertThat(database.balance(1)).isEqualTo(101);
    }

    @Test
    void a_registration_that_is_taken_back_leaves_the_recovery_to_others() throws Exception {
        try (Assent leaves = Assent.connect(ensemble.connect());
                Assent stays = Assent.connect(ensemble.connect())) {
            leaves.registerRecovery("broker", source());
            awaitRoleTaken(leaves);
            stays.registerRecovery("broker", source());
            leaves.deregisterRecovery("broker");

            leavePrepared();
            database.execute("UPDATE account SET balance = balance + 1 WHERE id = 1");

            assertThat(database.balance(1)).isEqualTo(101);
            assertThatThrownBy(() -> leaves.resource(
                            "broker", database.xa().getXAConnection().getXAResource()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("broker");
        }
    }

    /** Whoever has the role has scanned. */
    private void awaitRoleTaken(Assent assent) throws Exception {
        leavePrepared();
        database.execute("UPDATE account SET balance = balance WHERE id = 1");
        assertThat(assent.transactions().getStatus()).isNotNegative();
    }

    /** A coordinator that dies with a branch prepared, which holds the lock on account 1. */
    private void leavePrepared() throws Exception {
        TxConfig config = TxConfig.of(ensemble.connect());
        TxConfig quick = config.withStore(config.store().withSessionTimeout(Duration.ofSeconds(10)));
        try (Assent dead = Assent.over(EmbeddedTransactionService.start(quick))) {
            dead.registerRecovery("broker", source());
            dead.transactions().begin();
            XAConnection bare = database.xa().getXAConnection();
            var held = new HeldBack(bare.getXAResource());
            Objects.requireNonNull(dead.transactions().getTransaction()).enlistResource(dead.resource("broker", held));
            try (Statement work = bare.getConnection().createStatement()) {
                work.executeUpdate("UPDATE account SET balance = 0 WHERE id = 1");
            }
            held.prepareBehindTheCoordinatorsBack();
            bare.close();
            assertThat(server.preparedTransactions()).hasSize(1);
            dead.deregisterRecovery("broker");
            dead.transactions().suspend();
        }
    }
}
