package dev.assent.outbox.token;

import dev.assent.outbox.jdbc.OldRows;
import dev.assent.outbox.jdbc.OpenTransaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Supplier;

/** Issues and spends tokens. Stateless; safe for use by many threads, each with its own connection. */
public final class Tokens {
    /** Most rows that one {@link #purge} deletes. */
    public static final int PURGE_ROWS_MAX = 5_000;

    private final Supplier<UUID> fresh;

    /** Takes new tokens from {@code fresh}, which nobody must be able to guess, such as {@code UUID::randomUUID}. */
    public Tokens(Supplier<UUID> fresh) {
        this.fresh = fresh;
    }

    /** A new token for {@code purpose}, valid once the caller's transaction commits and until {@code life} has passed. */
    public UUID issue(Connection connection, String purpose, Duration life) throws SQLException {
        UUID token = fresh.get();
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO assent_token (token, purpose, expires_at)"
                        + " VALUES (?, ?, now() + ? * interval '1 millisecond')")) {
            insert.setObject(1, token);
            insert.setString(2, purpose);
            insert.setLong(3, life.toMillis());
            insert.executeUpdate();
        }
        return token;
    }

    /**
     * Spends the token in the caller's transaction. While another transaction that spends it is open, this waits.
     *
     * @return false if the token was never issued for this purpose, is spent, or has expired: do nothing
     * @throws IllegalStateException if the connection is in auto-commit mode
     */
    public boolean spend(Connection connection, String purpose, UUID token) throws SQLException {
        OpenTransaction.require(connection, "the token would be spent whether or not the work succeeds");
        try (PreparedStatement delete = connection.prepareStatement(
                "DELETE FROM assent_token WHERE token = ? AND purpose = ? AND expires_at > now()")) {
            delete.setObject(1, token);
            delete.setString(2, purpose);
            return delete.executeUpdate() == 1;
        }
    }

    /** Deletes expired tokens, at most {@value #PURGE_ROWS_MAX}; call until it returns 0. */
    public int purge(Connection connection) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement(OldRows.deletion("assent_token", "expires_at <= now()", "expires_at"))) {
            delete.setInt(1, PURGE_ROWS_MAX);
            return delete.executeUpdate();
        }
    }
}
