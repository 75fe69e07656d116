package dev.assent.rm.tcc;

import dev.assent.tx.model.BranchId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The rows of branches in a service's own PostgreSQL database. Every method belongs to its caller's transaction. */
final class FenceTable {
    private static final String DDL = "fence-postgresql.sql";
    private static final int FAILURE_CHARS_MAX = 500;

    /** Any number that nobody else takes: one migration at a time. */
    private static final long MIGRATION_LOCK = 0x41534E545F544343L;

    private final Duration retention;

    FenceTable(Duration retention) {
        this.retention = retention;
    }

    /** One row. */
    @SuppressWarnings("ArrayRecordComponent") // read once, and handed to a codec
    record Row(FenceState state, String participant, byte[] arguments) {}

    void migrate(Connection connection) throws SQLException, IOException {
        String script;
        try (InputStream in = FenceTable.class.getResourceAsStream(DDL)) {
            if (in == null) {
                throw new IOException(DDL + " is not on the class path");
            }
            script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("select pg_advisory_xact_lock(" + MIGRATION_LOCK + ")");
            for (String one : script.split(";", -1)) {
                statement.execute(one);
            }
        }
    }

    /**
     * Writes the row of a branch that has none, and waits for whoever writes it at the same time.
     *
     * @return false if there is a row, or the horizon of the branch has passed by the database's clock
     */
    boolean insert(Connection connection, BranchId branch, Row row, OptionalLong deadlineEpochMillis)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into assent_tcc_fence (branch, participant, state, arguments, horizon)"
                        + " select ?, ?, ?, ?, h.horizon from (select coalesce(to_timestamp(? / 1000.0), now())"
                        + " + ? * interval '1 millisecond' as horizon) h where ? or h.horizon > now() + ? * interval"
                        + " '1 millisecond' on conflict (branch) do nothing")) {
            insert.setString(1, key(branch));
            insert.setString(2, row.participant());
            insert.setString(3, row.state().name());
            insert.setBytes(4, row.arguments());
            if (deadlineEpochMillis.isPresent()) {
                insert.setDouble(5, (double) deadlineEpochMillis.getAsLong());
            } else {
                insert.setNull(5, Types.DOUBLE);
            }
            insert.setLong(6, retention.toMillis());
            // A try comes well before a row of its branch may be deleted; a row that fences off comes whenever.
            insert.setBoolean(7, row.state() == FenceState.CANCELLED);
            insert.setLong(8, retention.toMillis() / 2);
            return insert.executeUpdate() == 1;
        }
    }

    /** The row of a branch, which nobody else changes until this transaction ends. */
    Optional<Row> locked(Connection connection, BranchId branch) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select state, participant, arguments from assent_tcc_fence where branch = ? for update")) {
            select.setString(1, key(branch));
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? Optional.of(new Row(FenceState.valueOf(row.getString(1)), row.getString(2), row.getBytes(3)))
                        : Optional.empty();
            }
        }
    }

    /** The branch has ended; its arguments are of no more use. */
    void end(Connection connection, BranchId branch, FenceState how) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("update assent_tcc_fence set state = ?,"
                + " arguments = ''::bytea, changed_at = now() where branch = ? and state = 'TRIED'")) {
            update.setString(1, how.name());
            update.setString(2, key(branch));
            if (update.executeUpdate() != 1) {
                throw new SQLException("the row of branch " + key(branch) + " has changed under its lock");
            }
        }
    }

    void noteFailure(Connection connection, BranchId branch, String failure) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("update assent_tcc_fence set failures = failures + 1,"
                        + " last_failure = ?, changed_at = now() where branch = ? and state = 'TRIED'")) {
            update.setString(1, failure.substring(0, Math.min(failure.length(), FAILURE_CHARS_MAX)));
            update.setString(2, key(branch));
            update.executeUpdate();
        }
    }

    /** All branches that are tried and not ended, of whatever resource, transaction and cluster. */
    List<BranchId> tried(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet standby = statement.executeQuery("select pg_is_in_recovery()")) {
            standby.next();
            if (standby.getBoolean(1)) {
                throw new SQLException("this server is a standby, which may not show all branches: name the primary,"
                        + " or set targetServerType=primary in the URL");
            }
        }
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select branch from assent_tcc_fence where state = 'TRIED'")) {
            List<BranchId> tried = new ArrayList<>();
            while (rows.next()) {
                parsed(rows.getString(1)).ifPresent(tried::add);
            }
            return List.copyOf(tried);
        }
    }

    /** Forgets ended branches that are past their horizon, some at a time. */
    int purge(Connection connection, int max) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("delete from assent_tcc_fence where branch in (select"
                        + " branch from assent_tcc_fence where state <> 'TRIED' and horizon < now() order by horizon limit ? for"
                        + " update skip locked)")) {
            delete.setInt(1, max);
            return delete.executeUpdate();
        }
    }

    /** Whether a commit is answered before it is durable. */
    boolean commitsAsynchronously(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show synchronous_commit")) {
            row.next();
            return row.getString(1).equals("off");
        }
    }

    Optional<String> identity(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet allowed =
                        statement.executeQuery("select has_function_privilege('pg_control_system()', 'execute')")) {
            allowed.next();
            if (!allowed.getBoolean(1)) {
                return Optional.empty();
            }
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select system_identifier, (select oid from pg_database where"
                        + " datname = current_database()) from pg_control_system()")) {
            row.next();
            return Optional.of("PostgreSQL system " + row.getString(1) + " database " + row.getString(2) + " fence");
        }
    }

    static String key(BranchId branch) {
        return branch.toString();
    }

    /** Read exactly; what is not of our making is nobody's. */
    private static Optional<BranchId> parsed(String key) {
        int colon = key.indexOf(':');
        try {
            HexFormat hex = HexFormat.of();
            return Optional.of(new BranchId(
                    BranchId.FORMAT_ID,
                    hex.parseHex(key.substring(0, Math.max(0, colon))),
                    hex.parseHex(key.substring(colon + 1))));
        } catch (IllegalArgumentException odd) {
            return Optional.empty();
        }
    }
}
