package dev.assent.rm.postgresql;

import dev.assent.rm.xa.quirk.BranchWork;
import dev.assent.rm.xa.quirk.DecisionStatements;
import dev.assent.rm.xa.quirk.SessionState;
import dev.assent.rm.xa.quirk.XaQuirks;
import dev.assent.tx.model.Completion;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.transaction.xa.Xid;
import org.postgresql.core.BaseConnection;
import org.postgresql.util.PSQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL with pgjdbc 42.7. Its driver reports a branch as prepared, or as committed in one phase, when the server
 * had aborted it before (the command tag says ROLLBACK, and the driver does not read it); reports a read-only branch
 * as ended when it has in fact been prepared; and cannot tell how a commit ended whose connection was lost.
 *
 * <p>The protocol state of the connection shows an aborted transaction, at no cost. One round trip more,
 * {@code pg_current_xact_id_if_assigned()}, shows whether anything was written and, with {@code pg_xact_status}, how
 * the transaction ended (PostgreSQL 13 and newer): before each one-phase commit, and before a prepare when the branch
 * may have changed nothing. It holds on one timeline only: after a failover the same number may be another
 * transaction's, so the timeline is part of the witness.
 */
final class PostgresQuirks implements XaQuirks {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresQuirks.class);

    private static final int OLDEST_SERVER = 13;
    private static final int OLDEST_NOTICING_SERVER = 14;
    private static final int NOTICING_MILLIS = 1_000;
    /** A class of SQLSTATE. */
    private static final String FEATURE_NOT_SUPPORTED = "0A";

    private static final String IN_FAILED_TRANSACTION = "25P02";

    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private static final String UNDEFINED_OBJECT = "42704";

    private static final String INVALID_PARAMETER_VALUE = "22023";

    /** Classes of SQLSTATE that leave open what became of a command: of connections, operators, systems and bugs. */
    private static final List<String> UNCLEAR_CLASSES = List.of("08", "57", "58", "XX");

    /** An error on a standby, which has none of its own, and proves nothing about the end of a branch. */
    private static final String TIMELINE = "substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)";
    /** For what calls itself PostgreSQL and has no such functions. */
    private static final String NO_TIMELINE = "''";

    private static final String SEPARATOR = ":";
    /** Classes of SQLSTATE: no connection, no resources, the server is going down. */
    private static final Set<String> NO_ANSWERS = Set.of("08", "53", "57");

    private final String timeline;

    private PostgresQuirks(String timeline) {
        this.timeline = timeline;
    }

    /** For the server behind that connection, which no transaction is open on. */
    static PostgresQuirks of(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT CASE WHEN pg_is_in_recovery() THEN '' ELSE " + TIMELINE + " END")) {
            row.next();
            return new PostgresQuirks(TIMELINE);
        } catch (SQLException refusal) {
            String state = String.valueOf(refusal.getSQLState());
            if (NO_ANSWERS.stream().anyMatch(state::startsWith)) {
                throw refusal;
            }
            LOG.warn(
                    "{} does not tell its timeline ({}), so how a branch ended may be told wrongly when a failover has"
                            + " lost it",
                    ServerName.of(connection),
                    refusal.getMessage());
            return new PostgresQuirks(NO_TIMELINE);
        }
    }

    @Override
    public void checkUsable(Connection connection) throws SQLException {
        String server = ServerName.of(connection);
        if (connection.getMetaData().getDatabaseMajorVersion() < OLDEST_SERVER) {
            throw new IllegalStateException(server + " runs PostgreSQL "
                    + connection.getMetaData().getDatabaseProductVersion() + "; Assent needs " + OLDEST_SERVER
                    + " or newer to know how its branches end. Upgrade the server.");
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW max_prepared_transactions")) {
            row.next();
            if (row.getInt(1) == 0) {
                throw new IllegalStateException(server + " has max_prepared_transactions = 0, so it cannot take part in"
                        + " distributed transactions. Set max_prepared_transactions in postgresql.conf to at least the"
                        + " number of connections that may commit at once (for example 200), and restart PostgreSQL.");
            }
        }
    }

    /** Only of a read-only connection does the driver say that a branch has ended which it has prepared. */
    @Override
    public Optional<BranchWork> glance(Connection connection) throws SQLException {
        BaseConnection backend = connection.unwrap(BaseConnection.class);
        Optional<BranchWork> failure = over(backend);
        return failure.isPresent() || backend.isReadOnly() ? failure : Optional.of(new BranchWork.Changed(""));
    }

    @Override
    public BranchWork inspect(Connection connection) throws SQLException {
        BaseConnection backend = connection.unwrap(BaseConnection.class);
        Optional<BranchWork> failure = over(backend);
        if (failure.isPresent()) {
            return failure.get();
        }
        // Not through a Statement of the handle: the driver must not open a transaction around the question.
        try (ResultSet row = backend.execSQLQuery(
                "SELECT " + timeline + " || '" + SEPARATOR + "' || pg_current_xact_id_if_assigned()::text")) {
            row.next();
            String transaction = row.getString(1);
            return transaction == null ? new BranchWork.Nothing() : new BranchWork.Changed(transaction);
        }
    }

    /** What the driver knows of a transaction that is there no more, or cannot go on. */
    static Optional<BranchWork> over(BaseConnection backend) {
        return switch (backend.getTransactionState()) {
            case OPEN -> Optional.empty();
            case FAILED ->
                Optional.of(
                        new BranchWork.Failed("an earlier statement failed, and PostgreSQL aborted the whole branch"));
            case IDLE -> Optional.of(new BranchWork.Ended()); // by COMMIT or ROLLBACK sent as SQL
        };
    }

    @Override
    public BranchWork outOfSight() {
        return new BranchWork.Unseen();
    }

    /** It is known better. */
    @Override
    public XaQuirks vouchedFor() {
        return this;
    }

    @Override
    public SessionState state(Connection connection) throws SQLException {
        // One that is closed is not unwrapped, though it still knows what it was told last.
        return PostgresSession.state(
                connection instanceof BaseConnection own ? own : connection.unwrap(BaseConnection.class));
    }

    @Override
    public boolean isAborted(SQLException refusal) {
        return IN_FAILED_TRANSACTION.equals(refusal.getSQLState());
    }

    /** Work on temporary tables, LISTEN, cursors WITH HOLD and exported snapshots. */
    @Override
    public boolean cannotPrepare(SQLException refusal) {
        return String.valueOf(refusal.getSQLState()).startsWith(FEATURE_NOT_SUPPORTED);
    }

    @Override
    public boolean abortsInSilence() {
        return true;
    }

    @Override
    public boolean saysReadOnlyOfPrepared() {
        return true;
    }

    /** The server only warns that there was nothing to roll back. */
    @Override
    public boolean rollsBackWhatIsGone() {
        return true;
    }

    @Override
    public Completion settle(String witness, Connection connection) throws SQLException {
        String[] parts = witness.split(SEPARATOR, -1);
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT CASE WHEN " + timeline + " = ? THEN pg_xact_status(?::xid8) END")) {
            statement.setString(1, parts[0]);
            statement.setString(2, parts[1]);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                String status = row.getString(1);
                return status == null ? new Completion.NotKnown() : completion(status);
            }
        } catch (SQLException refusal) {
            if (INVALID_PARAMETER_VALUE.equals(refusal.getSQLState())) {
                return new Completion.NotKnown(); // it has not come to that number yet: the history is another one
            }
            throw refusal;
        }
    }

    private static Completion completion(String status) {
        return switch (status.toLowerCase(Locale.ROOT)) {
            case "committed" -> new Completion.Done();
            case "aborted" -> new Completion.RolledBack("PostgreSQL aborted it before the commit arrived");
            default -> new Completion.Retry("PostgreSQL is still ending the transaction: " + status);
        };
    }

    @Override
    public void interrupt(Connection connection) throws SQLException {
        connection.unwrap(BaseConnection.class).cancelQuery();
    }

    /** The driver only remembers it. */
    @Override
    public boolean endsWithoutTheServer() {
        return true;
    }

    @Override
    public Connection physical(Connection connection) throws SQLException {
        return connection.unwrap(BaseConnection.class);
    }

    /** From PostgreSQL 14 on, where its operating system can; a setting of somebody else's is left, and may be too long. */
    @Override
    public boolean letServerNoticeLoss(Connection physical) throws SQLException {
        BaseConnection backend = physical.unwrap(BaseConnection.class);
        if (backend.getMetaData().getDatabaseMajorVersion() < OLDEST_NOTICING_SERVER) {
            return false;
        }
        // Not through a Statement of the handle: the driver must not open a transaction around it.
        try (ResultSet row = backend.execSQLQuery("SELECT CASE was WHEN '0' THEN"
                + " set_config('client_connection_check_interval', '" + NOTICING_MILLIS + "', false) END IS NOT NULL"
                + " OR was::interval <= '" + NOTICING_MILLIS + " ms'::interval"
                + " FROM (SELECT current_setting('client_connection_check_interval') AS was) AS before")) {
            return row.next() && row.getBoolean(1);
        }
    }

    /** Any user may ask, unless an administrator has taken that away (REVOKE EXECUTE). */
    @Override
    public Optional<String> identity(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT system_identifier, (SELECT oid FROM pg_database"
                        + " WHERE datname = current_database()) FROM pg_control_system()")) {
            row.next();
            return Optional.of("PostgreSQL system " + row.getString(1) + " database " + row.getString(2));
        } catch (SQLException refusal) {
            if (INSUFFICIENT_PRIVILEGE.equals(refusal.getSQLState())) {
                return Optional.empty();
            }
            throw refusal;
        }
    }

    /** A standby has the same identity, and shows no prepared transaction until it is promoted. */
    @Override
    public void checkTellsAll(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_is_in_recovery()")) {
            row.next();
            if (row.getBoolean(1)) {
                throw new SQLException("this server is a standby, which does not show what is prepared: name the"
                        + " primary, or set targetServerType=primary in the URL");
            }
        }
    }

    /** It says so itself, in an answer; what breaks off a command, or comes of a damaged server, says nothing. */
    @Override
    public boolean hasDoneNothing(SQLException refusal) {
        return isRefusal(refusal);
    }

    static boolean isRefusal(SQLException refusal) {
        String state = String.valueOf(refusal.getSQLState());
        return refusal instanceof PSQLException told
                && told.getServerErrorMessage() != null
                && UNCLEAR_CLASSES.stream().noneMatch(state::startsWith);
    }

    /** On the connection that prepared it the driver makes XAER_RMERR of this. */
    @Override
    public boolean isNotKnown(SQLException refusal) {
        return UNDEFINED_OBJECT.equals(refusal.getSQLState());
    }

    @Override
    public Optional<DecisionStatements> decisions(Connection connection) throws SQLException {
        return Optional.of(PostgresDecisions.open(connection));
    }

    /** As pgjdbc names it, so that ROLLBACK PREPARED can be told by hand. */
    @Override
    public String localName(Xid xid) {
        return "in pg_prepared_xacts as '" + BranchNames.gid(xid) + "'";
    }
}
