package dev.assent.saga.jdbc;

import dev.assent.saga.api.StepRefusedException;
import dev.assent.saga.model.CallKey;
import dev.assent.saga.model.Direction;
import dev.assent.time.Clock;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A table in the database of whoever is called. A row is inserted in the transaction that has the effect, local or
 * global, so that both are there or neither is: a call that comes again finds the row. A compensation that finds no action
 * inserts the action's row itself, and with that blocks it, should it still come.
 *
 * <p>Two calls for one key at the same time meet at the primary key: one waits for the other, fails with the database's
 * error, and is made again. Needs nothing but primary keys and transactions. Thread-safe.
 */
public final class SagaGuard {
    /** The table, for a migration. */
    public static final String CREATE_TABLE = """
            create table assent_saga_guard (
              saga varchar(64) not null,
              step varchar(40) not null,
              direction varchar(12) not null,
              result varchar(8192),
              made_at timestamp not null,
              primary key (saga, step, direction)
            )
            """;

    private static final String SELECT = "select direction, result from assent_saga_guard where saga = ? and step = ?";
    private static final String INSERT =
            "insert into assent_saga_guard (saga, step, direction, made_at) values (?, ?, ?, ?)";
    private static final String RESULT =
            "update assent_saga_guard set result = ? where saga = ? and step = ? and direction = ?";
    private static final String PURGE = "delete from assent_saga_guard where made_at < ?";

    private SagaGuard() {}

    /** What an action does with its connection. */
    @FunctionalInterface
    public interface Work {
        String run(Connection connection) throws SQLException, StepRefusedException;
    }

    /** What a compensation does with its connection. */
    @FunctionalInterface
    public interface Undo {
        void run(Connection connection) throws SQLException;
    }

    /**
     * Does the work, unless it was done for this key before, in the transaction of {@code connection}, which the caller
     * ends: commits if this returns, rolls back if it throws.
     *
     * @return what the work returned, now or then
     * @throws StepRefusedException it was compensated already; or the work refused
     */
    public static String act(Connection connection, CallKey key, Work work) throws SQLException, StepRefusedException {
        require(key, Direction.ACTION);
        Found found = find(connection, key);
        if (found.compensated()) {
            throw new StepRefusedException(key + " comes after its compensation");
        }
        if (found.acted()) {
            return Optional.ofNullable(found.result()).orElse("");
        }
        insert(connection, key, Direction.ACTION);
        String result = work.run(connection);
        try (PreparedStatement update = connection.prepareStatement(RESULT)) {
            update.setString(1, result);
            update.setString(2, key.saga().text());
            update.setString(3, key.step());
            update.setString(4, Direction.ACTION.word());
            update.executeUpdate();
        }
        return result;
    }

    /** Undoes the work of the action, if there is any and it was not undone before; ends as {@link #act}. */
    public static void compensate(Connection connection, CallKey key, Undo undo) throws SQLException {
        require(key, Direction.COMPENSATION);
        Found found = find(connection, key);
        if (found.compensated()) {
            return;
        }
        insert(connection, key, Direction.COMPENSATION);
        if (found.acted()) {
            undo.run(connection);
        } else {
            insert(connection, key, Direction.ACTION);
        }
    }

    /** {@link #act} in a local transaction of its own. */
    public static String act(DataSource database, CallKey key, Work work) throws SQLException, StepRefusedException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            boolean done = false;
            try {
                String result = act(connection, key, work);
                connection.commit();
                done = true;
                return result;
            } finally {
                if (!done) {
                    connection.rollback();
                }
            }
        }
    }

    /** {@link #compensate} in a local transaction of its own. */
    public static void compensate(DataSource database, CallKey key, Undo undo) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            boolean done = false;
            try {
                compensate(connection, key, undo);
                connection.commit();
                done = true;
            } finally {
                if (!done) {
                    connection.rollback();
                }
            }
        }
    }

    /**
     * Deletes rows made before then. A call that comes later still, of a process that stood still for so long, takes effect
     * again: be generous, weeks.
     */
    public static int purge(Connection connection, Instant before) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(PURGE)) {
            delete.setTimestamp(1, Timestamp.from(before));
            return delete.executeUpdate();
        }
    }

    private static void require(CallKey key, Direction direction) {
        if (key.direction() != direction) {
            throw new IllegalArgumentException(key + " is no " + direction.word());
        }
    }

    private record Found(
            boolean acted, boolean compensated, @Nullable String result) {}

    private static Found find(Connection connection, CallKey key) throws SQLException {
        boolean acted = false;
        boolean compensated = false;
        String result = null;
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setString(1, key.saga().text());
            select.setString(2, key.step());
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    if (rows.getString(1).equals(Direction.ACTION.word())) {
                        acted = true;
                        result = rows.getString(2);
                    } else {
                        compensated = true;
                    }
                }
            }
        }
        return new Found(acted, compensated, result);
    }

    private static void insert(Connection connection, CallKey key, Direction direction) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setString(1, key.saga().text());
            insert.setString(2, key.step());
            insert.setString(3, direction.word());
            insert.setTimestamp(4, new Timestamp(Clock.SYSTEM.epochMillis()));
            insert.executeUpdate();
        }
    }
}
