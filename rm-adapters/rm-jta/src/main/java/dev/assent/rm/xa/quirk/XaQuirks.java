package dev.assent.rm.xa.quirk;

import dev.assent.tx.model.Completion;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import javax.transaction.xa.Xid;

/** One database's deviations from XA. Implementations hold no state; any thread may call. */
public interface XaQuirks {

    /**
     * The policy for the database behind a connection, by what {@link java.sql.DatabaseMetaData#getDatabaseProductName}
     * tells.
     *
     * @throws IllegalStateException the database's adapter is not on the class path; the message names it
     * @throws SQLException the database could not be asked
     */
    static XaQuirks of(Connection connection) throws SQLException {
        Optional<DatabaseQuirks> known =
                KnownDatabases.ofProduct(connection.getMetaData().getDatabaseProductName());
        return known.isPresent() ? known.get().xa(connection) : new StandardQuirks();
    }

    /**
     * Checks that the database can hold prepared branches at all.
     *
     * @throws IllegalStateException it cannot; the message names the setting to change
     * @throws SQLException the database could not be asked
     */
    void checkUsable(Connection connection) throws SQLException;

    /**
     * What the driver knows of the branch without asking the database, where branches like it always change something;
     * empty if that is not enough to believe its answer to prepare. {@link BranchWork.Changed} has no witness here.
     */
    Optional<BranchWork> glance(Connection connection) throws SQLException;

    /** What the driver knows, without asking the database, of its transaction on {@code connection}. */
    SessionState state(Connection connection) throws SQLException;

    /** Looks at the branch on {@code connection}, after its work has ended and before it is prepared, if it can. */
    BranchWork inspect(Connection connection) throws SQLException;

    /** What can be thought of a branch whose JDBC connection is out of sight. */
    BranchWork outOfSight();

    /** The policy for a driver of which the user says that its answers are true as they stand. */
    XaQuirks vouchedFor();

    /** Whether the database cannot prepare what the branch did, though it could end it otherwise. */
    boolean cannotPrepare(SQLException refusal);

    /** Whether a refused question says that the database has given up the branch in which it was put. */
    boolean isAborted(SQLException refusal);

    /** Whether the driver says yes to prepare of a branch that the database had given up: {@link #isAborted} tells. */
    boolean abortsInSilence();

    /** Whether {@code XA_RDONLY} is what the driver says of a branch that it has prepared. */
    boolean saysReadOnlyOfPrepared();

    /** Whether the driver confirms a rollback of a branch that the application has ended before. */
    boolean rollsBackWhatIsGone();

    /**
     * How a one-phase commit ended whose answer was lost.
     *
     * @param witness from {@link BranchWork.Changed}
     * @param connection a fresh one to the same database
     */
    Completion settle(String witness, Connection connection) throws SQLException;

    /** Stops the statement that runs on {@code connection}, if the driver can; called from another thread. */
    void interrupt(Connection connection) throws SQLException;

    /** Whether {@code XAResource.end} is the driver's own affair, so that no server can make it hang. */
    boolean endsWithoutTheServer();

    /** What is the same object for all handles on one connection to the server. */
    Connection physical(Connection connection) throws SQLException;

    /**
     * Makes the server stop a statement soon when its client is gone, once for each connection and outside of any
     * transaction.
     *
     * @return whether it will; if not, statements have to be cancelled
     */
    boolean letServerNoticeLoss(Connection physical) throws SQLException;

    /**
     * What the database says it is: one line that stays over restarts and a failover to a physical copy, and that no
     * other database has. Empty when it cannot tell.
     *
     * @throws SQLException the database could not be asked
     */
    Optional<String> identity(Connection connection) throws SQLException;

    /**
     * Refuses a connection whose list of prepared branches proves nothing, as that of a replica, which lists none.
     *
     * @throws SQLException it is such a one; the message names the remedy
     */
    void checkTellsAll(Connection connection) throws SQLException;

    /** Whether a failed commit or rollback of a prepared branch says that the database has refused, and left it as it was. */
    boolean hasDoneNothing(SQLException refusal);

    /** Whether a refused commit of a prepared branch says that the database holds no such branch. */
    boolean isNotKnown(SQLException refusal);

    /**
     * Finds the table of decisions, and creates it if it is not there; empty for a database whose adapter keeps none.
     *
     * @param connection without a transaction
     * @throws IllegalStateException the table is not there and may not be created; the message has the statements
     */
    default Optional<DecisionStatements> decisions(Connection connection) throws SQLException {
        return Optional.empty();
    }

    /** How people find the branch in the database's own views. */
    String localName(Xid xid);
}
