package dev.assent.outbox.token;

import dev.assent.outbox.jdbc.OldRows;
import dev.assent.outbox.jdbc.OpenTransaction;
import dev.assent.outbox.model.Body;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Requests that carry a token chosen by the caller (an idempotency key), with their answers. Both calls belong in the
 * business transaction, READ COMMITTED: a rollback forgets the request together with its effect, and a second asker
 * waits for the first one's end. Stateless; safe for use by many threads, each with its own connection.
 */
public final class Requests {
    /** Most rows that one {@link #purge} deletes. */
    public static final int PURGE_ROWS_MAX = 5_000;

    private final String requester;

    /** Requests to {@code requester}: an endpoint and, where tokens are not unique among tenants, the tenant too. */
    public Requests(String requester) {
        this.requester = requester;
    }

    /**
     * Takes the request in, or finds it done.
     *
     * @param request the contents, so that a token used for something else is noticed; only a digest is stored
     * @throws IllegalStateException if the connection is in auto-commit mode
     */
    public Admission admit(Connection connection, String token, Body request) throws SQLException {
        OpenTransaction.require(connection, "the request would be taken in without its effect");
        byte[] fingerprint = sha256(request);
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO assent_request (requester, token, fingerprint) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")) {
            insert.setString(1, requester);
            insert.setString(2, token);
            insert.setBytes(3, fingerprint);
            if (insert.executeUpdate() == 1) {
                return new Admission.First();
            }
        }
        return find(connection, token, fingerprint);
    }

    private Admission find(Connection connection, String token, byte[] fingerprint) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT fingerprint, status, content_type, response FROM assent_request"
                        + " WHERE requester = ? AND token = ?")) {
            select.setString(1, requester);
            select.setString(2, token);
            try (ResultSet rows = select.executeQuery()) {
                if (!rows.next()) {
                    throw new SQLException("request " + token + " was purged while it was asked for; ask again");
                }
                if (!MessageDigest.isEqual(fingerprint, rows.getBytes("fingerprint"))) {
                    return new Admission.Misused();
                }
                if (rows.getString("content_type") == null) {
                    throw new IllegalStateException("request " + token + " was committed without an answer: call"
                            + " answer() in the transaction that admitted it");
                }
                return new Admission.Repeated(new StoredResponse(
                        rows.getInt("status"), rows.getString("content_type"), Body.copyOf(rows.getBytes("response"))));
            }
        }
    }

    /** Stores the answer of a request that was admitted first in this transaction. */
    public void answer(Connection connection, String token, StoredResponse response) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE assent_request"
                + " SET status = ?, content_type = ?, response = ? WHERE requester = ? AND token = ?")) {
            update.setInt(1, response.status());
            update.setString(2, response.contentType());
            update.setBytes(3, response.body().toByteArray());
            update.setString(4, requester);
            update.setString(5, token);
            if (update.executeUpdate() != 1) {
                throw new IllegalStateException("request " + token + " was not admitted in this transaction");
            }
        }
    }

    /** Forgets requests asked longer ago than {@code retention}; call until it returns 0. */
    public int purge(Connection connection, Duration retention) throws SQLException {
        String sql = OldRows.deletion(
                "assent_request", "requester = ? AND asked_at < now() - ? * interval '1 millisecond'", "asked_at");
        try (PreparedStatement delete = connection.prepareStatement(sql)) {
            delete.setString(1, requester);
            delete.setLong(2, retention.toMillis());
            delete.setInt(3, PURGE_ROWS_MAX);
            return delete.executeUpdate();
        }
    }

    private static byte[] sha256(Body request) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(request.toByteArray());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform must provide SHA-256", e);
        }
    }
}
