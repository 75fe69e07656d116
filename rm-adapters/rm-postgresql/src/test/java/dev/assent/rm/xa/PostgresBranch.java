package dev.assent.rm.xa;

import dev.assent.rm.testing.PostgresServer.Database;
import dev.assent.tx.model.BranchId;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.sql.XAConnection;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/** One connection to a database with one branch on it, for tests that look at the driver and at us side by side. */
record PostgresBranch(
        XAConnection opened, Connection connection, XAResource driver, XaResourceManager home, BranchId branch)
        implements AutoCloseable {

    static PostgresBranch open(Database database) throws SQLException {
        XAConnection opened = database.xa().getXAConnection();
        return new PostgresBranch(
                opened,
                opened.getConnection(),
                opened.getXAResource(),
                XaResourceManager.of("accounts", database.xa()),
                newBranch());
    }

    private static BranchId newBranch() {
        return new BranchId(
                BranchId.FORMAT_ID,
                UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII),
                "b1".getBytes(StandardCharsets.US_ASCII));
    }

    /** What a stage completes with, waited for. */
    static <T> T now(CompletionStage<T> answer) {
        return answer.toCompletableFuture().orTimeout(120, TimeUnit.SECONDS).join();
    }

    /** Another branch on the same connection. */
    PostgresBranch next() {
        return new PostgresBranch(opened, connection, driver, home, newBranch());
    }

    Xid xid() {
        return new XaXid(branch);
    }

    /** Work done in the branch through the bare driver, ended and not prepared. */
    void workBare(String... statements) throws SQLException, XAException {
        driver.start(xid(), XAResource.TMNOFLAGS);
        execute(statements);
        driver.end(xid(), XAResource.TMSUCCESS);
    }

    /** The same through ours, which sees the JDBC connection. */
    XaParticipant work(String... statements) throws SQLException, XAException {
        return work(home.participant(branch, driver, connection), statements);
    }

    /** The same through ours, which sees nothing but the driver's XAResource. */
    XaParticipant workUnseen(String... statements) throws SQLException, XAException {
        return work(home.participant(branch, driver, null), statements);
    }

    /** The same with something between ours and the driver. */
    XaParticipant workThrough(UnaryOperator<XAResource> between, String... statements)
            throws SQLException, XAException {
        return work(home.participant(branch, between.apply(driver), connection), statements);
    }

    private XaParticipant work(XaParticipant participant, String... statements) throws SQLException, XAException {
        participant.start();
        execute(statements);
        participant.end(true);
        return participant;
    }

    private void execute(String... statements) throws SQLException {
        for (String sql : statements) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            } catch (SQLException e) {
                if (!sql.startsWith("BROKEN")) {
                    throw e;
                }
            }
        }
    }

    int backend() throws SQLException {
        try (Statement statement = connection.createStatement();
                var row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }

    @Override
    public void close() throws SQLException {
        opened.close();
    }
}
