package dev.assent.rm.xa;

import static dev.assent.rm.xa.PostgresBranch.now;
import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.HeuristicOutcome;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.core.BaseConnection;

/**
 * A transaction that ends while the application works on a bare connection, whose driver hangs in closing it: as long
 * as the application can still say COMMIT, nobody is told that it has rolled back.
 */
@ExtendWith(PostgresExtension.class)
@Timeout(240)
class SeveredWorkTest {
    private final Database database;
    private final PostgresBranch branch;
    private final CountDownLatch closing = new CountDownLatch(1);

    SeveredWorkTest(PostgresServer server) throws SQLException {
        this.database = server.newDatabase().withAccounts();
        this.branch = PostgresBranch.open(database);
    }

    @AfterEach
    void close() throws SQLException {
        closing.countDown();
        branch.close();
    }

    @Test
    void a_commit_before_the_connection_is_cut_is_not_told_as_rolled_back() throws Exception {
        XaParticipant participant = work();

        assertThat(now(participant.rollback(branch.branch()))).isInstanceOf(Completion.Unsent.class);
        execute("COMMIT");
        closing.countDown();

        assertThat(onceCut(participant))
                .isInstanceOfSatisfying(Completion.Heuristic.class, told -> assertThat(told.outcome())
                        .isEqualTo(HeuristicOutcome.HAZARD));
        assertThat(database.balance(1)).isEqualTo(90);
    }

    @Test
    void work_that_nobody_ended_is_rolled_back_once_the_connection_is_cut() throws Exception {
        XaParticipant participant = work();

        assertThat(now(participant.rollback(branch.branch()))).isInstanceOf(Completion.Unsent.class);
        closing.countDown();

        assertThat(onceCut(participant)).isEqualTo(new Completion.Done());
        database.execute("UPDATE account SET balance = balance WHERE id = 1"); // once the server has let the lock go
        assertThat(database.balance(1)).isEqualTo(100);
    }

    private XaParticipant work() throws Exception {
        XaParticipant participant =
                branch.home().participant(branch.branch(), branch.driver(), hangingInAbort(branch.connection()));
        participant.unwatched();
        participant.start();
        execute("UPDATE account SET balance = balance - 10 WHERE id = 1");
        return participant;
    }

    private Completion onceCut(XaParticipant participant) {
        Completion told = now(participant.rollback(branch.branch()));
        while (told instanceof Completion.Unsent) {
            told = now(participant.rollback(branch.branch()));
        }
        return told;
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = branch.connection().createStatement()) {
            statement.execute(sql);
        }
    }

    /** The driver's own connection, but for the end of it. */
    private Connection hangingInAbort(Connection handle) throws SQLException {
        BaseConnection own = handle.unwrap(BaseConnection.class);
        return (Connection) Proxy.newProxyInstance(
                BaseConnection.class.getClassLoader(),
                new Class<?>[] {BaseConnection.class},
                (proxy, called, arguments) -> {
                    if (called.getName().equals("unwrap")) {
                        return proxy;
                    }
                    if (called.getName().equals("abort")) {
                        closing.await();
                    }
                    try {
                        return called.invoke(own, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
