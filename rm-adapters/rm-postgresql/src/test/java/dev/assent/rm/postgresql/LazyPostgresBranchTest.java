package dev.assent.rm.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.XAConnection;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.core.BaseConnection;

/** Our own branches beside the driver's, on a real server. */
@ExtendWith(PostgresExtension.class)
@Timeout(240)
class LazyPostgresBranchTest {
    private record TestXid(int number) implements Xid {
        @Override
        public int getFormatId() {
            return 7;
        }

        @Override
        public byte[] getGlobalTransactionId() {
            return new byte[] {1, 2, (byte) number};
        }

        @Override
        public byte[] getBranchQualifier() {
            return new byte[] {(byte) 0xFF, 0};
        }
    }

    private final Xid xid = new TestXid(1);
    private final PostgresServer server;
    private final Database database;
    private final Connection connection;
    private final LazyPostgresBranch branch;

    LazyPostgresBranchTest(PostgresServer server) throws Exception {
        this.server = server;
        database = server.newDatabase().withAccounts();
        connection = database.plain().getConnection();
        branch = new LazyPostgresBranch(connection.unwrap(BaseConnection.class));
        branch.start(xid, XAResource.TMNOFLAGS);
    }

    @AfterEach
    void nothing_is_left() throws SQLException {
        connection.close();
        assertThat(server.preparedTransactions()).isEmpty();
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void work() throws SQLException {
        execute("UPDATE account SET balance = balance - 1 WHERE id = 1");
    }

    private static void assertFails(int code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(XAException.class, failure -> assertThat(failure.errorCode)
                .isEqualTo(code));
    }

    @Test
    void the_driver_finds_and_ends_what_is_prepared_here() throws Exception {
        work();
        assertThat(branch.prepare(xid)).isEqualTo(XAResource.XA_OK);

        XAConnection drivers = database.xa().getXAConnection();
        Xid[] found = drivers.getXAResource().recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN);
        assertThat(found).hasSize(1);
        assertThat(found[0].getGlobalTransactionId()).isEqualTo(xid.getGlobalTransactionId());
        assertThat(found[0].getBranchQualifier()).isEqualTo(xid.getBranchQualifier());
        drivers.getXAResource().commit(found[0], false);
        drivers.close();

        assertThat(database.balance(1)).isEqualTo(99);
        assertThatThrownBy(() -> branch.commit(xid, false))
                .isInstanceOf(XAException.class)
                .cause()
                .isInstanceOfSatisfying(SQLException.class, refusal -> assertThat(refusal.getSQLState())
                        .isEqualTo("42704"));
    }

    @Test
    void a_prepared_branch_commits_or_rolls_back_as_it_is_told() throws Exception {
        work();
        branch.prepare(xid);
        branch.commit(xid, false);
        assertThat(database.balance(1)).isEqualTo(99);

        Xid another = new TestXid(2);
        LazyPostgresBranch second = new LazyPostgresBranch(connection.unwrap(BaseConnection.class));
        second.start(another, XAResource.TMNOFLAGS);
        work();
        second.prepare(another);
        second.rollback(another);
        assertThat(database.balance(1)).isEqualTo(99);
    }

    /** The server answers ROLLBACK to both commands, without an error, and the driver's own branch says yes. */
    @Test
    void a_transaction_that_the_server_has_aborted_is_neither_prepared_nor_committed() throws Exception {
        work();
        assertThatThrownBy(() -> execute("SELECT 1/0")).isInstanceOf(SQLException.class);
        assertFails(XAException.XA_RBROLLBACK, () -> branch.prepare(xid));

        LazyPostgresBranch second = new LazyPostgresBranch(connection.unwrap(BaseConnection.class));
        second.start(xid, XAResource.TMNOFLAGS);
        work();
        assertThatThrownBy(() -> execute("SELECT 1/0")).isInstanceOf(SQLException.class);
        assertFails(XAException.XA_RBROLLBACK, () -> second.commit(xid, true));
        assertThat(database.balance(1)).isEqualTo(100);
    }

    @Test
    void what_the_server_refuses_to_prepare_is_rolled_back() throws Exception {
        execute("CREATE TEMPORARY TABLE passing (id int)");
        assertFails(XAException.XA_RBROLLBACK, () -> branch.prepare(xid));
        branch.rollback(xid);
    }

    @Test
    void a_lost_connection_proves_nothing() throws Exception {
        work();
        branch.prepare(xid);
        connection.close();
        assertFails(XAException.XAER_RMFAIL, () -> branch.commit(xid, false));
        assertFails(XAException.XAER_RMFAIL, () -> branch.rollback(xid));
        database.execute("ROLLBACK PREPARED '" + BranchNames.gid(xid) + "'");
    }

    @Test
    void nothing_begins_on_a_connection_that_has_a_transaction_or_for_a_branch_that_is_over() throws Exception {
        work();
        LazyPostgresBranch second = new LazyPostgresBranch(connection.unwrap(BaseConnection.class));
        assertFails(XAException.XAER_OUTSIDE, () -> second.start(new TestXid(2), XAResource.TMNOFLAGS));

        branch.rollback(xid);
        assertThatThrownBy(branch::begin).isInstanceOf(SQLException.class).hasMessageContaining("over");
        assertThat(database.balance(1)).isEqualTo(100);
    }

    @Test
    void a_branch_is_untouched_until_its_database_hears_of_it_and_never_again() throws Exception {
        assertThat(branch.isUntouched()).isTrue();
        work();
        assertThat(branch.isUntouched()).isFalse();
        execute("COMMIT");
        assertThat(branch.isUntouched()).isFalse();
        assertFails(XAException.XA_RBROLLBACK, () -> branch.prepare(xid));
    }

    @Test
    void a_transaction_that_is_begun_by_itself_is_as_read_only_as_one_with_a_first_statement() throws Exception {
        connection.setReadOnly(true);
        branch.begin();

        assertThatThrownBy(this::work)
                .isInstanceOfSatisfying(SQLException.class, refusal -> assertThat(refusal.getSQLState())
                        .isEqualTo("25006"));
        branch.rollback(xid);
    }
}
