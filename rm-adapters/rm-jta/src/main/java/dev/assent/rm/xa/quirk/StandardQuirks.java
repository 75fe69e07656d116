package dev.assent.rm.xa.quirk;

import dev.assent.tx.model.Completion;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import javax.transaction.xa.Xid;

/** A driver that does what X/Open XA says, as far as is known. */
public final class StandardQuirks implements XaQuirks {

    @Override
    public void checkUsable(Connection connection) {
        // XA has no question for this.
    }

    @Override
    public Optional<BranchWork> glance(Connection connection) {
        return Optional.of(inspect(connection));
    }

    @Override
    public BranchWork inspect(Connection connection) {
        return new BranchWork.Changed("");
    }

    @Override
    public SessionState state(Connection connection) {
        return SessionState.UNKNOWN;
    }

    @Override
    public boolean isAborted(SQLException refusal) {
        return false;
    }

    @Override
    public boolean cannotPrepare(SQLException refusal) {
        return false;
    }

    @Override
    public boolean isTruthful() {
        return true;
    }

    @Override
    public Completion settle(String witness, Connection connection) {
        return new Completion.NotKnown();
    }

    @Override
    public void interrupt(Connection connection) {
        // The connection is aborted next, which ends the statement too.
    }

    @Override
    public boolean endsWithoutTheServer() {
        return false;
    }

    @Override
    public Connection physical(Connection connection) {
        return connection;
    }

    @Override
    public boolean letServerNoticeLoss(Connection physical) {
        return false;
    }

    /** Nothing is known of other databases' replicas. */
    @Override
    public void checkTellsAll(Connection connection) {}

    @Override
    public Optional<String> identity(Connection connection) {
        return Optional.empty();
    }

    @Override
    public boolean hasDoneNothing(SQLException refusal) {
        return false;
    }

    @Override
    public boolean isNotKnown(SQLException refusal) {
        return false;
    }

    @Override
    public String localName(Xid xid) {
        return "with format id " + xid.getFormatId() + " and that gtrid and bqual";
    }
}
