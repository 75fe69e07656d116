package dev.assent.rm.postgresql;

import static dev.assent.rm.xa.quirk.DecisionLetters.ABORT;
import static dev.assent.rm.xa.quirk.DecisionLetters.COMMIT;
import static dev.assent.rm.xa.quirk.DecisionLetters.DELETED;
import static dev.assent.rm.xa.quirk.DecisionLetters.TABLE;

import dev.assent.rm.xa.quirk.BranchWork;
import dev.assent.rm.xa.quirk.DecisionLetters;
import dev.assent.rm.xa.quirk.DecisionStatements;
import dev.assent.rm.xa.quirk.OddRows;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.PointAnswer;
import dev.assent.tx.model.PointLook;
import dev.assent.tx.spi.DecisionTable;
import java.nio.ByteBuffer;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL's table of decisions. The unique index makes whoever inserts under a key wait for a transaction that is
 * inserting it; {@code writer}, the id of the transaction that inserted the row, tells with {@code pg_snapshot_xmin}
 * when every transaction that was begun earlier is over. The row with the empty key keeps, as its deadline, the latest
 * deadline of any COMMIT that was deleted.
 */
final class PostgresDecisions implements DecisionStatements {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresDecisions.class);

    private static final String UNIQUE_VIOLATION = "23505";
    /** Of the writer, the only column that may be missing. */
    private static final String NOT_NULL_VIOLATION = "23502";

    private static final String INSUFFICIENT_PRIVILEGE = "42501";
    private static final String INVALID_SCHEMA = "3F000";

    /** What an administrator says where the application may not; each can be said again. */
    static final List<String> MIGRATION = List.of(
            "CREATE TABLE IF NOT EXISTS " + TABLE + " (gtrid bytea PRIMARY KEY, decision \"char\" NOT NULL,"
                    + " cluster bigint NOT NULL, incarnation bigint NOT NULL, deadline bigint NOT NULL,"
                    + " taken_up boolean NOT NULL DEFAULT false, writer xid8 NOT NULL DEFAULT pg_current_xact_id(),"
                    + " others bytea NOT NULL)",
            "INSERT INTO " + TABLE + " (gtrid, decision, cluster, incarnation, deadline, others)" + " VALUES ('', '"
                    + DELETED + "', 0, 0, -9223372036854775808, '') ON CONFLICT (gtrid) DO NOTHING");

    private static final String READY = "SELECT pg_current_xact_id_if_assigned()::text";
    private static final String READY_ASSIGNING = "SELECT pg_current_xact_id()::text";

    /** The commit is the decision, so it lasts, whatever the session is set to. */
    private static final String COMMIT_DURABLY = "CASE current_setting('synchronous_commit') WHEN 'off'"
            + " THEN left(set_config('synchronous_commit', 'on', true), 0) || '" + COMMIT + "' ELSE '" + COMMIT
            + "' END::\"char\"";

    private final String insertCommit;
    private final String insertAbort;
    private final String look;
    private final String rows;
    private final String delete;
    private final OddRows oddRows = new OddRows();

    private PostgresDecisions(String table) {
        String columns = " (gtrid, decision, cluster, incarnation, deadline, others)";
        // The writer is evaluated before the row is there: without an id that the work got, it is null, and refused.
        insertCommit = "INSERT INTO " + table + " (gtrid, decision, cluster, incarnation, deadline, others, writer)"
                + " VALUES (?, " + COMMIT_DURABLY + ", ?, ?, ?, ?, pg_current_xact_id_if_assigned()); COMMIT";
        insertAbort = "INSERT INTO " + table + " AS it" + columns + " VALUES (?, '" + ABORT + "', ?, ?, ?, '')"
                + " ON CONFLICT (gtrid) DO UPDATE SET taken_up = true RETURNING decision::text";
        look = "SELECT decision::text, taken_up, deadline FROM " + table + " WHERE gtrid IN (?, '')";
        rows = "SELECT gtrid, decision::text, others FROM " + table + " WHERE decision <> '" + DELETED
                + "' AND cluster = ? AND deadline < ? AND incarnation <> ALL (?) ORDER BY deadline LIMIT ?";
        delete = "WITH gone AS (DELETE FROM " + table + " WHERE gtrid = ANY (?) AND (decision = '" + COMMIT
                + "' OR (decision = '" + ABORT + "' AND writer < pg_snapshot_xmin(pg_current_snapshot())))"
                + " RETURNING decision, deadline) UPDATE " + table + " SET deadline = greatest(deadline,"
                + " (SELECT max(deadline) FROM gone WHERE decision = '" + COMMIT + "')) WHERE gtrid = ''"
                + " AND EXISTS (SELECT FROM gone WHERE decision = '" + COMMIT + "')";
    }

    /** Finds the table by the search path of {@code connection}, or makes it. */
    static PostgresDecisions open(Connection connection) throws SQLException {
        Optional<String> there = find(connection);
        if (there.isEmpty()) {
            create(connection);
            there = find(connection);
        }
        String table = there.orElseThrow(() -> refusal(connection, "it is not there though it was created", null));
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(MIGRATION.get(1).replace(TABLE, table)); // an earlier start may have died before it
        } catch (SQLException e) {
            if (isRefused(e)) {
                throw refusal(connection, String.valueOf(e.getMessage()), e);
            }
            throw e;
        }
        return new PostgresDecisions(table);
    }

    private static Optional<String> find(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)"
                        + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                        + " WHERE c.oid = to_regclass('" + TABLE + "')")) {
            return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
        }
    }

    private static void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(MIGRATION.get(0));
            LOG.info("table {} was created in {}", TABLE, ServerName.of(connection));
        } catch (SQLException e) {
            if (!isRefused(e) && !UNIQUE_VIOLATION.equals(e.getSQLState())) {
                throw e;
            }
            if (isRefused(e)) {
                throw refusal(connection, String.valueOf(e.getMessage()), e);
            }
            LOG.debug("table {} was created by another process at the same moment", TABLE, e);
        }
    }

    private static boolean isRefused(SQLException refusal) {
        String state = String.valueOf(refusal.getSQLState());
        return INSUFFICIENT_PRIVILEGE.equals(state) || INVALID_SCHEMA.equals(state) || state.startsWith("25");
    }

    private static IllegalStateException refusal(Connection connection, String why, @Nullable SQLException cause) {
        String where;
        try {
            where = ServerName.of(connection);
        } catch (SQLException e) {
            where = "the database";
        }
        return new IllegalStateException(
                where + " is to keep decisions, and its table cannot be used (" + why + "). Let somebody who may say:\n"
                        + String.join(";\n", MIGRATION) + ";\nGRANT SELECT, INSERT, UPDATE, DELETE ON " + TABLE
                        + " TO the application's user;\nthe search path of that user must lead to it",
                cause);
    }

    @Override
    public BranchWork ready(Connection connection, boolean assign) throws SQLException {
        BaseConnection backend = connection.unwrap(BaseConnection.class);
        Optional<BranchWork> over = PostgresQuirks.over(backend);
        if (over.isPresent()) {
            return over.get();
        }
        // The transaction is open, so the driver opens none around the question; it keeps the statement prepared.
        try (PreparedStatement statement = backend.prepareStatement(assign ? READY_ASSIGNING : READY);
                ResultSet row = statement.executeQuery()) {
            row.next();
            String transaction = row.getString(1);
            return transaction == null ? new BranchWork.Nothing() : new BranchWork.Changed(transaction);
        }
    }

    @Override
    public PointAnswer insertAndCommit(Connection connection, GlobalTxId transaction, List<BranchName> prepared) {
        BaseConnection backend;
        try {
            backend = connection.unwrap(BaseConnection.class);
            if (backend.getTransactionState() != TransactionState.OPEN) {
                return new PointAnswer.Refused("the transaction of the work is not open any more");
            }
        } catch (SQLException e) {
            return new PointAnswer.Refused("the connection of the work is not to be had: " + e.getMessage());
        }
        // On the physical connection: its handle would object to a COMMIT inside of a branch.
        try (PreparedStatement statement = backend.prepareStatement(insertCommit)) {
            bind(statement, transaction);
            statement.setBytes(5, bytes(prepared));
            boolean unused = statement.execute();
            return backend.getTransactionState() == TransactionState.IDLE
                    ? new PointAnswer.Committed()
                    : new PointAnswer.Lost("the server has not confirmed the commit");
        } catch (SQLException failed) {
            return failed(failed);
        }
    }

    /** What the server itself refuses has no effect; whatever else fails may have one. */
    private static PointAnswer failed(SQLException failure) {
        if (!PostgresQuirks.isRefusal(failure)) {
            return new PointAnswer.Lost(String.valueOf(failure.getMessage()));
        }
        ServerErrorMessage told = ((PSQLException) failure).getServerErrorMessage();
        boolean isRow = told != null && TABLE.equals(told.getTable());
        return isRow && UNIQUE_VIOLATION.equals(failure.getSQLState())
                ? new PointAnswer.Aborted()
                : new PointAnswer.Refused(
                        String.valueOf(failure.getMessage()),
                        isRow && NOT_NULL_VIOLATION.equals(failure.getSQLState()));
    }

    private static void bind(PreparedStatement statement, GlobalTxId transaction) throws SQLException {
        statement.setBytes(1, transaction.toBytes());
        statement.setLong(2, transaction.cluster().value());
        statement.setLong(3, transaction.key().incarnation());
        statement.setLong(4, transaction.deadlineEpochMillis());
    }

    private static byte[] bytes(List<BranchName> names) {
        ByteBuffer out = ByteBuffer.allocate(names.size() * BranchName.BYTES);
        names.forEach(name -> out.put(name.toBytes()));
        return out.array();
    }

    @Override
    public Decision insertAbort(Connection connection, GlobalTxId transaction) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(insertAbort)) {
            bind(statement, transaction);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return DecisionLetters.decision(row.getString(1));
            }
        }
    }

    @Override
    public PointLook look(Connection connection, GlobalTxId transaction) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(look)) {
            statement.setBytes(1, transaction.toBytes());
            try (ResultSet row = statement.executeQuery()) {
                Optional<Decision> decision = Optional.empty();
                boolean takenUp = false;
                long everDeletedUpTo = Long.MAX_VALUE; // somebody has deleted the note
                while (row.next()) {
                    if (DELETED.equals(row.getString(1))) {
                        everDeletedUpTo = row.getLong(3);
                    } else {
                        decision = Optional.of(DecisionLetters.decision(row.getString(1)));
                        takenUp = row.getBoolean(2);
                    }
                }
                return new PointLook(
                        decision, takenUp || decision.equals(Optional.of(Decision.ABORT)), everDeletedUpTo);
            }
        }
    }

    @Override
    public Map<GlobalTxId, DecisionRecord> rows(Connection connection, DecisionTable.Due due) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(rows)) {
            Array live = connection.createArrayOf("bigint", due.live().toArray());
            statement.setLong(1, due.cluster().value());
            statement.setLong(2, due.deadlineBeforeMillis());
            statement.setArray(3, live);
            statement.setInt(4, due.most());
            Map<GlobalTxId, DecisionRecord> found = new LinkedHashMap<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    byte[] gtrid = row.getBytes(1);
                    oddRows.setAsideUnlessRead(
                            HexFormat.of().formatHex(gtrid),
                            () -> found.put(
                                    GlobalTxId.fromBytes(gtrid),
                                    new DecisionRecord(
                                            DecisionLetters.known(row.getString(2)), names(row.getBytes(3)))));
                }
            }
            return found;
        }
    }

    private static List<BranchName> names(byte[] bytes) {
        if (bytes.length % BranchName.BYTES != 0) {
            throw new IllegalArgumentException(
                    "its branches are " + bytes.length + " bytes, no multiple of " + BranchName.BYTES);
        }
        List<BranchName> names = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += BranchName.BYTES) {
            names.add(BranchName.fromBytes(Arrays.copyOfRange(bytes, at, at + BranchName.BYTES)));
        }
        return names;
    }

    /** Should it not last over a crash, the rows are deleted again. */
    @Override
    public void delete(Connection connection, Collection<GlobalTxId> transactions) throws SQLException {
        byte[][] keys = transactions.stream().map(GlobalTxId::toBytes).toArray(byte[][]::new);
        try (PreparedStatement statement = connection.prepareStatement(delete)) {
            statement.setArray(1, connection.createArrayOf("bytea", keys));
            int unused = statement.executeUpdate();
        }
    }
}
