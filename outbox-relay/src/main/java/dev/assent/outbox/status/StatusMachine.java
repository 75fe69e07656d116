package dev.assent.outbox.status;

import dev.assent.outbox.jdbc.KnownDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Moves statuses forward. Statuses are the integers stored in the table, such as created 0, payment failed 99, paid
 * 100. Immutable; safe for use by many threads, each with its own connection in a READ COMMITTED transaction.
 */
public final class StatusMachine {
    /** How often an update is tried when the row keeps changing, or appears, between the update and the re-read. */
    private static final int TRIES_MAX = 5;

    private final StatusTable table;
    private final Optional<SortedMap<Integer, SortedSet<Integer>>> predecessors;

    private StatusMachine(StatusTable table, Optional<SortedMap<Integer, SortedSet<Integer>>> predecessors) {
        this.table = table;
        this.predecessors = predecessors;
    }

    /** Statuses are a total order: a row moves to any larger status. */
    public static StatusMachine ascending(StatusTable table) {
        return new StatusMachine(table, Optional.empty());
    }

    /** Begins a table of allowed transitions, for statuses that are no total order (cancelled, refunded). */
    public static Transitions transitions(StatusTable table) {
        return new Transitions(table);
    }

    /** Collects allowed transitions; used by one thread. */
    public static final class Transitions {
        private final StatusTable table;
        private final SortedMap<Integer, SortedSet<Integer>> predecessors = new TreeMap<>();

        private Transitions(StatusTable table) {
            this.table = table;
        }

        public Transitions allow(int from, int to) {
            predecessors.computeIfAbsent(to, status -> new TreeSet<>()).add(from);
            return this;
        }

        public StatusMachine build() {
            SortedMap<Integer, SortedSet<Integer>> copy = new TreeMap<>();
            predecessors.forEach((to, from) -> copy.put(to, new TreeSet<>(from)));
            return new StatusMachine(table, Optional.of(copy));
        }
    }

    /**
     * Moves the row to {@code status} if the guard allows it; counts the version up if the table has one.
     *
     * @param id the row's id, as JDBC's {@code setObject} takes it
     * @throws IllegalArgumentException if no transition leads to {@code status}
     * @throws IllegalStateException if the database is not a {@link KnownDatabase}: an update of no row is judged by what
     *     is read next
     */
    public StatusChange apply(Connection connection, Object id, int status) throws SQLException {
        KnownDatabase.require(connection);
        for (int tried = 0; tried < TRIES_MAX; tried++) {
            if (update(connection, id, status)) {
                return StatusChange.APPLIED;
            }
            Optional<Integer> current = current(connection, id);
            if (current.isEmpty()) {
                return StatusChange.MISSING;
            }
            if (current.get() == status) {
                return StatusChange.DUPLICATE;
            }
            if (!allowed(current.get(), status)) {
                return StatusChange.OUT_OF_ORDER;
            }
        }
        throw new SQLException("row " + id + " of " + table.table() + " kept changing; try the event again");
    }

    /**
     * Moves the row to {@code status} if the event's version is above the row's, whatever the statuses are, and keeps
     * the version: for sources that number the changes of each row.
     *
     * @throws IllegalStateException if the table has no version column, or the database is not a {@link KnownDatabase}
     */
    public StatusChange applyVersion(Connection connection, Object id, int status, long version) throws SQLException {
        String column = table.version()
                .orElseThrow(() -> new IllegalStateException(
                        table.table() + " has no version column: name it with" + " StatusTable.withVersion"));
        KnownDatabase.require(connection);
        for (int tried = 0; tried < TRIES_MAX; tried++) {
            try (PreparedStatement update =
                    connection.prepareStatement("UPDATE " + table.table() + " SET " + table.status() + " = ?, " + column
                            + " = ? WHERE " + table.id() + " = ? AND " + column + " < ?")) {
                update.setInt(1, status);
                update.setLong(2, version);
                update.setObject(3, id);
                update.setLong(4, version);
                if (update.executeUpdate() == 1) {
                    return StatusChange.APPLIED;
                }
            }
            Optional<Long> current = read(connection, id, column);
            if (current.isEmpty()) {
                return StatusChange.MISSING;
            }
            if (current.get() >= version) {
                return current.get() == version ? StatusChange.DUPLICATE : StatusChange.OUT_OF_ORDER;
            }
        }
        throw new SQLException("row " + id + " of " + table.table() + " kept changing; try the event again");
    }

    private boolean update(Connection connection, Object id, int status) throws SQLException {
        String counted = table.version()
                .map(column -> ", " + column + " = " + column + " + 1")
                .orElse("");
        String guard = predecessors.isPresent() ? " = ANY (?)" : " < ?";
        try (PreparedStatement update = connection.prepareStatement("UPDATE " + table.table() + " SET " + table.status()
                + " = ?" + counted + " WHERE " + table.id() + " = ? AND " + table.status() + guard)) {
            update.setInt(1, status);
            update.setObject(2, id);
            if (predecessors.isPresent()) {
                update.setArray(
                        3,
                        connection.createArrayOf(
                                "integer", predecessorsOf(status).toArray()));
            } else {
                update.setInt(3, status);
            }
            return update.executeUpdate() == 1;
        }
    }

    private Optional<Integer> current(Connection connection, Object id) throws SQLException {
        return read(connection, id, table.status()).map(Math::toIntExact);
    }

    private Optional<Long> read(Connection connection, Object id, String column) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT " + column + " FROM " + table.table() + " WHERE " + table.id() + " = ?")) {
            select.setObject(1, id);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() ? Optional.of(rows.getLong(1)) : Optional.empty();
            }
        }
    }

    private boolean allowed(int from, int to) {
        return predecessors.isPresent() ? predecessorsOf(to).contains(from) : from < to;
    }

    private Set<Integer> predecessorsOf(int status) {
        SortedSet<Integer> from = predecessors.orElseThrow().get(status);
        if (from == null) {
            throw new IllegalArgumentException("no transition leads to status " + status + " of " + table.table());
        }
        return from;
    }
}
