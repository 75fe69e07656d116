package dev.assent.rm.operator.doctor;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks a PostgreSQL (12 or newer) for all that {@link Diagnosis} needs. One connection, read-only; no statement takes
 * longer than the connection's time-outs. What this user may not see is noted, and the rest is told.
 */
public final class PostgresReading {
    /** Beyond that, sessions that wait are counted by the server only. */
    private static final int WAITING_MAX = 1_000;

    private static final int PREPARED_MAX = 10_000;

    /** Everything by which {@code pg_locks} tells one lock from another. */
    private static final String TARGET = "concat_ws('/', l.locktype, l.database, l.relation, l.page, l.tuple,"
            + " l.virtualxid, l.transactionid, l.classid, l.objid, l.objsubid)";

    private final Connection connection;
    private final List<String> notes = new ArrayList<>();

    private PostgresReading(Connection connection) {
        this.connection = connection;
    }

    /**
     * Reads it all.
     *
     * @throws SQLException what cannot be done without could not be read
     */
    public static Diagnosis read(Connection connection) throws SQLException {
        PostgresReading reading = new PostgresReading(connection);
        ServerState server = reading.server();
        List<Prepared> prepared = reading.prepared();
        if (server.isStandby()) {
            reading.notes.add("this server is a standby, which shows no prepared transaction: name the primary, or add"
                    + " targetServerType=primary to the URL");
        }
        if (prepared.isEmpty()) {
            return Diagnosis.of(server, prepared, Map.of(), List.of(), reading.notes);
        }
        Map<String, List<HeldLock>> locks = reading.locks();
        return Diagnosis.of(server, prepared, locks, reading.waiting(), reading.notes);
    }

    private ServerState server() throws SQLException {
        long xminAge = oldestOtherXminAge();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT current_setting('server_version'), current_database(),"
                        + " current_user, pg_is_in_recovery(), current_setting('max_prepared_transactions')::int,"
                        + " current_setting('autovacuum_freeze_max_age')::bigint")) {
            row.next();
            return new ServerState(
                    row.getString(1),
                    row.getString(2),
                    row.getString(3),
                    row.getBoolean(4),
                    row.getInt(5),
                    xminAge,
                    row.getLong(6));
        }
    }

    /** Sessions and slots; one of another user shows no xmin without pg_read_all_stats. */
    private long oldestOtherXminAge() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT coalesce(max(age(x)), -1) FROM (SELECT backend_xmin AS x"
                        + " FROM pg_stat_activity WHERE pid <> pg_backend_pid() UNION ALL SELECT xmin FROM"
                        + " pg_replication_slots UNION ALL SELECT catalog_xmin FROM pg_replication_slots) AS all_x"
                        + " WHERE x IS NOT NULL")) {
            row.next();
            return row.getLong(1);
        } catch (SQLException refused) {
            note("how old the oldest other transaction is", refused);
            return -1;
        }
    }

    private List<Prepared> prepared() throws SQLException {
        List<Prepared> prepared = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT transaction::text, gid, prepared::text,"
                        + " greatest(0, extract(epoch FROM clock_timestamp() - prepared))::bigint, owner::text,"
                        + " database::text, age(transaction) FROM pg_prepared_xacts ORDER BY prepared LIMIT "
                        + PREPARED_MAX)) {
            while (row.next()) {
                prepared.add(new Prepared(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getLong(4),
                        text(row.getString(5)),
                        text(row.getString(6)),
                        row.getLong(7)));
            }
        }
        if (prepared.size() == PREPARED_MAX) {
            notes.add("there are more than " + PREPARED_MAX + " prepared transactions: only the oldest are shown");
        }
        return prepared;
    }

    /**
     * By the xid of the transaction that holds them. Locks of prepared transactions have no process, and are told apart
     * by their virtual id: that of the session that prepared them, or -1 and the xid once the server was restarted. Each
     * holds its own xid under it, too.
     */
    private Map<String, List<HeldLock>> locks() throws SQLException {
        Map<String, List<HeldLock>> locks = new HashMap<>();
        Map<String, String> names = names();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("WITH held AS MATERIALIZED (SELECT * FROM pg_locks WHERE"
                        + " pid IS NULL AND granted) SELECT p.transaction::text, " + TARGET
                        + ", l.locktype, coalesce(l.relation::text, ''), l.mode FROM held l JOIN held own USING"
                        + " (virtualtransaction) JOIN pg_prepared_xacts p ON p.transaction = own.transactionid"
                        + " WHERE own.locktype = 'transactionid'")) {
            while (row.next()) {
                String shown = shown(row.getString(3), row.getString(4), names);
                locks.computeIfAbsent(row.getString(1), xid -> new ArrayList<>())
                        .add(new HeldLock(row.getString(2), shown, row.getString(5)));
            }
        }
        return locks;
    }

    private static String shown(String type, String relation, Map<String, String> names) {
        return relation.isEmpty() ? type : type + " " + names.getOrDefault(relation, "oid " + relation);
    }

    /** Names of this database's tables; apart, as a table of the catalog may itself be locked. */
    private Map<String, String> names() {
        Map<String, String> names = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT DISTINCT l.relation::text, l.relation::regclass::text"
                        + " FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
                        + " WHERE d.datname = current_database() AND l.relation IS NOT NULL")) {
            while (row.next()) {
                names.put(row.getString(1), row.getString(2));
            }
        } catch (SQLException refused) {
            note("the names of locked tables", refused);
        }
        return names;
    }

    private List<Waiting> waiting() {
        List<Waiting> waiting = new ArrayList<>();
        Map<String, String> names = names();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT a.pid, coalesce(a.usename, '')::text,"
                        + " coalesce(a.datname, '')::text, coalesce(a.application_name, ''),"
                        + " coalesce(extract(epoch FROM clock_timestamp() - a.query_start), 0)::bigint,"
                        + " left(coalesce(a.query, ''), 500), " + TARGET + ", l.locktype,"
                        + " coalesce(l.relation::text, ''), l.mode, array_to_string(pg_blocking_pids(a.pid), ',')"
                        + " FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE NOT l.granted"
                        + " ORDER BY a.query_start LIMIT " + WAITING_MAX)) {
            while (row.next()) {
                HeldLock wants = new HeldLock(
                        row.getString(7), shown(row.getString(8), row.getString(9), names), row.getString(10));
                waiting.add(new Waiting(
                        row.getInt(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getLong(5),
                        row.getString(6),
                        wants,
                        pids(row.getString(11))));
            }
        } catch (SQLException refused) {
            note("who waits", refused);
        }
        return waiting;
    }

    private static Set<Integer> pids(String joined) {
        Set<Integer> pids = new HashSet<>();
        for (String pid : joined.split(",", -1)) {
            if (!pid.isEmpty()) {
                pids.add(Integer.valueOf(pid));
            }
        }
        return pids;
    }

    private void note(String what, SQLException refused) {
        notes.add(what + " could not be read: " + refused.getMessage()
                + ("42501".equals(refused.getSQLState()) ? " (GRANT pg_monitor TO this user)" : ""));
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }
}
