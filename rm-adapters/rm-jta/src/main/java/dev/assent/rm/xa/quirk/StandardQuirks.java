package dev.assent.rm.xa.quirk;

import dev.assent.tx.model.Completion;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Optional;
import javax.transaction.xa.Xid;

/**
 * A database or driver of which nothing is known. It may do all that those do of which something is known: so whatever
 * it answers that can be compared with what the database lists, is; see {@link BranchWork.Unseen}. What cannot be
 * compared is read as X/Open XA says.
 */
public final class StandardQuirks implements XaQuirks {
    private final boolean vouchedFor;

    /** For a driver that nobody has vouched for. */
    public StandardQuirks() {
        this(false);
    }

    private StandardQuirks(boolean vouchedFor) {
        this.vouchedFor = vouchedFor;
    }

    @Override
    public void checkUsable(Connection connection) {
        // XA has no question for this.
    }

    @Override
    public Optional<BranchWork> glance(Connection connection) {
        return Optional.of(inspect(connection)); // a look would show no more
    }

    @Override
    public BranchWork inspect(Connection connection) {
        return outOfSight();
    }

    @Override
    public BranchWork outOfSight() {
        return vouchedFor ? new BranchWork.Changed("") : new BranchWork.Unseen();
    }

    @Override
    public XaQuirks vouchedFor() {
        return new StandardQuirks(true);
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
    public boolean abortsInSilence() {
        return false; // if it does, the branch is not listed afterwards
    }

    @Override
    public boolean saysReadOnlyOfPrepared() {
        return false; // of one that is listed it is not believed all the same
    }

    @Override
    public boolean rollsBackWhatIsGone() {
        return false; // to prepare a branch for that alone may cost more here than it tells
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

    /** Nothing is known of its replicas, but that they do not write. */
    @Override
    public void checkTellsAll(Connection connection) throws SQLException {
        if (isReadOnly(connection)) {
            throw new SQLException("this server takes no writes, so it may be a replica that does not show what is"
                    + " prepared: name the one that does");
        }
    }

    private static boolean isReadOnly(Connection connection) throws SQLException {
        try {
            return connection.getMetaData().isReadOnly();
        } catch (SQLFeatureNotSupportedException noDatabase) {
            return false; // what speaks no JDBC has no such question
        }
    }

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
