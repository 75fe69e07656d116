package dev.assent.rm.xa.quirk;

import static dev.assent.rm.xa.quirk.DecisionLetters.ABORT;
import static dev.assent.rm.xa.quirk.DecisionLetters.COMMIT;
import static dev.assent.rm.xa.quirk.DecisionLetters.DELETED;
import static dev.assent.rm.xa.quirk.DecisionLetters.TABLE;

import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.PointAnswer;
import dev.assent.tx.model.PointLook;
import dev.assent.tx.spi.DecisionTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table of decisions of a database of which nothing is known but standard SQL. All that is asked of it is that of two
 * transactions that insert the same primary key one at most commits; the other waits or fails, and what fails is asked
 * again. The row and the work commit in two round trips. It cannot tell when all transactions are over that were open
 * once, so its ABORT rows stay: there is one for each transaction that was given up with something prepared.
 */
public final class StandardDecisions implements DecisionStatements {
    private static final Logger LOG = LoggerFactory.getLogger(StandardDecisions.class);

    /** Of the row that keeps, as its deadline, the latest one of any COMMIT that was deleted. No gtrid. */
    private static final String NOTE = "-";

    private static final int OTHERS_CHARACTERS_MAX = 4_000;
    private static final int NAME_CHARACTERS = 2 * BranchName.BYTES;

    /** So many branches besides its own a row can name. */
    public static final int OTHERS_MAX = OTHERS_CHARACTERS_MAX / NAME_CHARACTERS;

    /** Of incarnations that one list of values names; some databases take no more than a thousand. */
    private static final int VALUES_MAX = 500;

    private static final String COLUMNS = " (gtrid, decision, cluster_id, incarnation, deadline, taken_up, others)";
    private static final String NOTHING_DELETED = "-9223372036854775808";

    static final List<String> MIGRATION = List.of(
            "CREATE TABLE " + TABLE + " (gtrid VARCHAR(160) NOT NULL PRIMARY KEY, decision CHAR(1) NOT NULL,"
                    + " cluster_id NUMERIC(19) NOT NULL, incarnation NUMERIC(19) NOT NULL,"
                    + " deadline NUMERIC(19) NOT NULL, taken_up CHAR(1) NOT NULL,"
                    + " others VARCHAR(" + OTHERS_CHARACTERS_MAX + "))",
            "INSERT INTO " + TABLE + COLUMNS + " VALUES ('" + NOTE + "', '" + DELETED + "', 0, 0, " + NOTHING_DELETED
                    + ", 'N', '-')");

    private static final String INSERT = "INSERT INTO " + TABLE + COLUMNS + " VALUES (?, ?, ?, ?, ?, 'N', ?)";
    private static final String TAKE_UP = "UPDATE " + TABLE + " SET taken_up = 'Y' WHERE gtrid = ?";
    private static final String LOOK = "SELECT decision, taken_up, deadline FROM " + TABLE + " WHERE gtrid = ?";
    private static final String DELETE = "DELETE FROM " + TABLE + " WHERE gtrid = ? AND decision = '" + COMMIT + "'";
    private static final String NOTE_DELETED =
            "UPDATE " + TABLE + " SET deadline = ? WHERE gtrid = '" + NOTE + "' AND deadline < ?";

    private final OddRows oddRows = new OddRows();

    private StandardDecisions() {}

    /**
     * Finds the table, or makes it.
     *
     * @param connection without a transaction
     * @throws IllegalStateException it is not there and cannot be made, and the message has the statements; or its key is
     *     none
     */
    public static StandardDecisions open(Connection connection) throws SQLException {
        if (!isThere(connection)) {
            create(connection);
        }
        if (!hasNote(connection)) {
            execute(connection, MIGRATION.get(1));
        }
        requireKey(connection);
        return new StandardDecisions();
    }

    /** Some databases take a primary key for a hint, and some drivers do not say what it was that they refuse. */
    private static void requireKey(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            int unused = statement.executeUpdate(MIGRATION.get(1));
        } catch (SQLException refused) {
            if (CommitRefusals.isViolation(refused)) {
                return;
            }
            if (refused.getSQLState() != null) {
                throw refused; // it may be another trouble
            }
            throw new IllegalStateException(
                    "the driver of " + shown(connection.getMetaData().getURL()) + " refuses a second row with one key ("
                            + refused.getMessage() + ") without an SQLSTATE of class 23, so nobody could tell that"
                            + " from any other trouble: keep this database out of transactions with others",
                    refused);
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
        throw new IllegalStateException(shown(connection.getMetaData().getURL()) + " takes two rows with one key in "
                + TABLE + ", so it can decide no transaction: let the key be enforced, or keep this database out of"
                + " transactions with others");
    }

    private static boolean isThere(Connection connection) {
        try (Statement statement = connection.createStatement();
                ResultSet none = statement.executeQuery("SELECT gtrid FROM " + TABLE + " WHERE 1 = 0")) {
            return !none.next();
        } catch (SQLException absent) {
            LOG.debug("there seems to be no table {}", TABLE, absent);
            return false;
        }
    }

    private static boolean hasNote(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet note =
                        statement.executeQuery("SELECT gtrid FROM " + TABLE + " WHERE gtrid = '" + NOTE + "'")) {
            return note.next();
        }
    }

    private static void create(Connection connection) throws SQLException {
        try {
            execute(connection, MIGRATION.get(0));
            LOG.info(
                    "table {} was created in {}",
                    TABLE,
                    shown(connection.getMetaData().getURL()));
        } catch (SQLException refused) {
            if (!isThere(connection)) {
                throw new IllegalStateException(
                        shown(connection.getMetaData().getURL())
                                + " is to keep decisions, and its table cannot be made ("
                                + refused.getMessage() + "). Let somebody who may say:\n"
                                + String.join(";\n", MIGRATION) + ";\nand let the application's user SELECT, INSERT,"
                                + " UPDATE and DELETE there, by that name alone",
                        refused);
            }
        }
    }

    /** Without a user and what else a driver takes in its URL, a password as a rule. */
    static String shown(@Nullable String url) {
        String address = String.valueOf(url).split("[?;]", 2)[0];
        int user = address.lastIndexOf('@');
        return user < 0 ? address : "jdbc:...@" + address.substring(user + 1);
    }

    /** Two that come at the same moment are one too many, which the key says. */
    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            int unused = statement.executeUpdate(sql);
        } catch (SQLException e) {
            if (!CommitRefusals.isViolation(e)) {
                throw e;
            }
            LOG.debug("another process was there at the same moment", e);
        }
    }

    /** Whatever it has done, and if nothing: it can decide. */
    @Override
    public BranchWork ready(Connection connection, boolean assign) {
        return new BranchWork.Changed("");
    }

    /** Until the commit is sent a failure is no doubt: what was inserted goes with the transaction. */
    @Override
    public PointAnswer insertAndCommit(Connection connection, GlobalTxId transaction, List<BranchName> prepared) {
        if (prepared.size() > OTHERS_MAX) {
            return new PointAnswer.Refused(
                    "a row of " + TABLE + " names " + OTHERS_MAX + " other branches at most, not " + prepared.size());
        }
        Connection own;
        try {
            own = physical(connection);
            if (own.getAutoCommit()) {
                return new PointAnswer.Refused("the transaction of the work is not open any more");
            }
            insert(own, transaction, COMMIT, text(prepared));
        } catch (SQLException refused) {
            return CommitRefusals.isViolation(refused)
                    ? new PointAnswer.Aborted()
                    : new PointAnswer.Refused(String.valueOf(refused.getMessage()));
        }
        try {
            own.commit();
            return new PointAnswer.Committed();
        } catch (SQLException failed) {
            String why = String.valueOf(failed.getMessage());
            return CommitRefusals.isRolledBack(failed) ? new PointAnswer.Refused(why) : new PointAnswer.Lost(why);
        }
    }

    /** A pool's handle would object to a commit inside of a branch. */
    private static Connection physical(Connection connection) throws SQLException {
        return connection.isWrapperFor(Connection.class) ? connection.unwrap(Connection.class) : connection;
    }

    private static void insert(Connection connection, GlobalTxId transaction, String decision, String others)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            statement.setString(1, transaction.toHex());
            statement.setString(2, decision);
            statement.setLong(3, transaction.cluster().value());
            statement.setLong(4, transaction.key().incarnation());
            statement.setLong(5, transaction.deadlineEpochMillis());
            statement.setString(6, others);
            int unused = statement.executeUpdate();
        }
    }

    /** Never empty: to some databases that is no value. */
    private static String text(List<BranchName> names) {
        StringBuilder text = new StringBuilder();
        names.forEach(name -> text.append(HexFormat.of().formatHex(name.toBytes())));
        return text.isEmpty() ? NOTE : text.toString();
    }

    private static List<BranchName> names(String text) {
        List<BranchName> names = new ArrayList<>();
        for (int at = 0; at + NAME_CHARACTERS <= text.length(); at += NAME_CHARACTERS) {
            names.add(BranchName.fromBytes(HexFormat.of().parseHex(text, at, at + NAME_CHARACTERS)));
        }
        return names;
    }

    /** The database may let an insertion fail, rather than wait, because of a row that is not committed: then nothing is known. */
    @Override
    public Decision insertAbort(Connection connection, GlobalTxId transaction) throws SQLException {
        try {
            insert(connection, transaction, ABORT, NOTE);
            return Decision.ABORT;
        } catch (SQLException refused) {
            if (!CommitRefusals.isViolation(refused)) {
                throw refused;
            }
        }
        Decision there = look(connection, transaction)
                .row()
                .orElseThrow(() -> new SQLException("a row of " + TABLE + " is being written by somebody else"));
        if (there == Decision.COMMIT) {
            takeUp(connection, transaction);
        }
        return there;
    }

    private static void takeUp(Connection connection, GlobalTxId transaction) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TAKE_UP)) {
            statement.setString(1, transaction.toHex());
            if (statement.executeUpdate() == 0) {
                throw new SQLException("the row of " + TABLE + " is gone: its transaction has ended");
            }
        }
    }

    /**
     * The note last: who deletes a row has written there before. In one statement the note may be read first, and a row
     * that is waited for afterwards, since databases that lock show no single moment.
     */
    @Override
    public PointLook look(Connection connection, GlobalTxId transaction) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LOOK)) {
            Optional<Decision> decision = Optional.empty();
            boolean takenUp = false;
            statement.setString(1, transaction.toHex());
            try (ResultSet row = statement.executeQuery()) {
                if (row.next()) {
                    decision = Optional.of(DecisionLetters.decision(row.getString(1)));
                    takenUp = row.getString(2).equals("Y") || decision.get() == Decision.ABORT;
                }
            }
            statement.setString(1, NOTE);
            try (ResultSet note = statement.executeQuery()) {
                // Without a note somebody has deleted it.
                return new PointLook(decision, takenUp, note.next() ? note.getLong(3) : Long.MAX_VALUE);
            }
        }
    }

    /** COMMIT rows only: whoever tidies could do nothing about the others. */
    @Override
    public Map<GlobalTxId, DecisionRecord> rows(Connection connection, DecisionTable.Due due) throws SQLException {
        String sql = "SELECT gtrid, others FROM " + TABLE + " WHERE decision = '" + COMMIT
                + "' AND cluster_id = ? AND deadline < ?" + without(List.copyOf(due.live())) + " ORDER BY deadline";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, due.cluster().value());
            statement.setLong(2, due.deadlineBeforeMillis());
            statement.setMaxRows(due.most());
            Map<GlobalTxId, DecisionRecord> found = new LinkedHashMap<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    String gtrid = row.getString(1);
                    oddRows.setAsideUnlessRead(
                            gtrid,
                            () -> found.put(
                                    GlobalTxId.fromHex(gtrid),
                                    new DecisionRecord(Decision.COMMIT, names(row.getString(2)))));
                }
            }
            return found;
        }
    }

    private static String without(List<Long> incarnations) {
        StringBuilder sql = new StringBuilder();
        for (int at = 0; at < incarnations.size(); at += VALUES_MAX) {
            List<String> some = incarnations.subList(at, Math.min(incarnations.size(), at + VALUES_MAX)).stream()
                    .map(incarnation -> Long.toString(incarnation))
                    .toList();
            sql.append(" AND incarnation NOT IN (")
                    .append(String.join(", ", some))
                    .append(')');
        }
        return sql.toString();
    }

    /** The note may say a later deadline than that of what was deleted, which makes who asks later no wiser, and no more. */
    @Override
    public void delete(Connection connection, Collection<GlobalTxId> transactions) throws SQLException {
        long latest = transactions.stream()
                .mapToLong(GlobalTxId::deadlineEpochMillis)
                .max()
                .orElse(Long.MIN_VALUE);
        connection.setAutoCommit(false);
        try (PreparedStatement note = connection.prepareStatement(NOTE_DELETED);
                PreparedStatement delete = connection.prepareStatement(DELETE)) {
            note.setLong(1, latest);
            note.setLong(2, latest);
            int unused = note.executeUpdate();
            for (GlobalTxId transaction : transactions) {
                delete.setString(1, transaction.toHex());
                delete.addBatch();
            }
            int[] unusedCounts = delete.executeBatch();
            connection.commit(); // if this is not reached, what the close of the connection makes of it is as well
        }
    }
}
