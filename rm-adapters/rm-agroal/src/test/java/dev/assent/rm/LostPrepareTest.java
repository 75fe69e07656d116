package dev.assent.rm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import dev.assent.rm.testing.ZooKeeperEnsemble;
import jakarta.transaction.RollbackException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import javax.sql.XAConnection;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A prepare that arrives and whose answer does not: what is rolled back lets go of its locks, long before it expires. */
@ExtendWith(PostgresExtension.class)
@Timeout(240)
class LostPrepareTest {
    private static final int LONG_SECONDS = 600;

    private final PostgresServer server;
    private final Database database;
    private final ZooKeeperEnsemble ensemble;
    private final Assent assent;

    LostPrepareTest(PostgresServer server, @TempDir Path directory) throws Exception {
        this.server = server;
        this.database = server.newDatabase().withAccounts();
        this.ensemble = new ZooKeeperEnsemble(directory);
        this.assent = Assent.connect(ensemble.connect());
        assent.registerRecovery("accounts", database.xa());
    }

    @AfterEach
    void close() {
        assent.close();
        ensemble.close();
    }

    @Test
    void a_lone_branch_that_nothing_but_its_resource_is_known_of_is_rolled_back_at_once() throws Exception {
        XAConnection bare = database.xa().getXAConnection();
        try (Connection connection = bare.getConnection()) {
            begin();
            enlist(losingPrepare(bare.getXAResource()));
            work(connection);

            assertThatThrownBy(assent.transactions()::commit).isInstanceOf(RollbackException.class);
        } finally {
            bare.close();
        }

        // Waits for the lock, as a customer would, but not until the deadline.
        database.execute("SET lock_timeout = '60s'; UPDATE account SET balance = balance + 1 WHERE id = 1");
        assertThat(database.balance(1)).isEqualTo(101);
        assertThat(server.preparedTransactions()).isEmpty();
    }

    private void begin() throws Exception {
        assent.transactions().setTransactionTimeout(LONG_SECONDS);
        assent.transactions().begin();
    }

    private void enlist(XAResource resource) throws Exception {
        Objects.requireNonNull(assent.transactions().getTransaction())
                .enlistResource(assent.resource("accounts", resource));
    }

    private static void work(Connection connection) throws SQLException {
        try (Statement work = connection.createStatement()) {
            work.executeUpdate("UPDATE account SET balance = 0 WHERE id = 1");
        }
    }

    /** From its prepare on the connection is dead. */
    private static XAResource losingPrepare(XAResource driver) {
        return (XAResource) Proxy.newProxyInstance(
                XAResource.class.getClassLoader(), new Class<?>[] {XAResource.class}, (proxy, called, arguments) -> {
                    if (called.getName().equals("rollback")) {
                        throw new XAException(XAException.XAER_RMFAIL);
                    }
                    try {
                        Object answer = called.invoke(driver, arguments);
                        if (called.getName().equals("prepare")) {
                            throw new XAException(XAException.XAER_RMFAIL);
                        }
                        return answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
