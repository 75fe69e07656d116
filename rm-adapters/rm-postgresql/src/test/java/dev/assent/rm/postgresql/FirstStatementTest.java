package dev.assent.rm.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.sql.SQLException;
import javax.transaction.xa.XAException;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.Test;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/** While the first statement is under way the driver shows no transaction, as if there was nothing to end. */
class FirstStatementTest {
    /** A rollback of work that was never prepared names nothing. */
    private static final Xid UNNAMED = (Xid)
            Proxy.newProxyInstance(Xid.class.getClassLoader(), new Class<?>[] {Xid.class}, (self, method, given) -> {
                throw new AssertionError("asked for " + method);
            });

    private boolean closed;
    private final LazyPostgresBranch branch = new LazyPostgresBranch(backend());

    private BaseConnection backend() {
        return (BaseConnection) Proxy.newProxyInstance(
                BaseConnection.class.getClassLoader(),
                new Class<?>[] {BaseConnection.class},
                (self, method, given) -> switch (method.getName()) {
                    case "getTransactionState" -> TransactionState.IDLE;
                    case "isClosed" -> closed;
                    default -> throw new AssertionError("the server is told nothing, not " + method);
                });
    }

    @Test
    void a_branch_whose_first_statement_is_under_way_is_not_untouched_and_its_connection_is_given_up()
            throws SQLException {
        branch.enter();

        assertThatThrownBy(branch::isUntouched).isInstanceOf(SQLException.class).hasMessageContaining("under way");
        assertThatThrownBy(() -> branch.rollback(UNNAMED))
                .isInstanceOfSatisfying(XAException.class, failure -> assertThat(failure.errorCode)
                        .isEqualTo(XAException.XAER_RMFAIL));
    }

    @Test
    void a_statement_that_has_failed_without_a_transaction_leaves_the_branch_untouched() throws Exception {
        branch.enter();
        branch.look();

        assertThat(branch.isUntouched()).isTrue();
        branch.rollback(UNNAMED);
    }

    @Test
    void a_connection_that_was_lost_with_the_first_statement_has_not_only_read() throws SQLException {
        branch.enter();
        closed = true;
        branch.look();

        assertThatThrownBy(branch::isUntouched).isInstanceOf(SQLException.class).hasMessageContaining("lost");
    }
}
