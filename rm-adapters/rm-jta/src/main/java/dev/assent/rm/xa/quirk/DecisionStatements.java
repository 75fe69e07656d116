package dev.assent.rm.xa.quirk;

import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.PointAnswer;
import dev.assent.tx.model.PointLook;
import dev.assent.tx.spi.DecisionTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * What one kind of database is told about its table of decisions, which is known to be there. Implementations hold no
 * state; any thread may call. What is done is {@link DecisionTable}'s and {@link dev.assent.tx.spi.PointParticipant}'s.
 */
public interface DecisionStatements {

    /**
     * Looks at the work on {@code connection}, and gives its transaction an id if asked to. {@link BranchWork.Changed} means that there is an id.
     */
    BranchWork ready(Connection connection, boolean assign) throws SQLException;

    /**
     * Inserts COMMIT and commits the work, over the connection that did it, in one round trip. Work whose transaction has
     * no id of its own by then is refused.
     */
    PointAnswer insertAndCommit(Connection connection, GlobalTxId transaction, List<BranchName> prepared);

    /** Over a connection that has no transaction open, as all that follow. */
    Decision insertAbort(Connection connection, GlobalTxId transaction) throws SQLException;

    PointLook look(Connection connection, GlobalTxId transaction) throws SQLException;

    Map<GlobalTxId, DecisionRecord> rows(Connection connection, DecisionTable.Due due) throws SQLException;

    void delete(Connection connection, Collection<GlobalTxId> transactions) throws SQLException;
}
