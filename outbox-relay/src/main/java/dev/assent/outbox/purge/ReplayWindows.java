package dev.assent.outbox.purge;

import dev.assent.outbox.jdbc.BoundedConnection;
import dev.assent.outbox.purge.Retentions.Retention;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the consumers of a database have told about their topics, for everybody who purges its inbox. What was told is
 * forgotten once nothing can come again of all that was published until then.
 */
final class ReplayWindows {
    private static final long FOR_EVER = -1;

    private ReplayWindows() {}

    static void tell(BoundedConnection connection, List<Retention> retentions) throws SQLException {
        for (Retention one : retentions) {
            try (PreparedStatement insert =
                    connection.prepare("INSERT INTO assent_inbox_window (broker, topic, keeps_millis) VALUES (?, ?, ?)"
                            + " ON CONFLICT (broker, topic) DO UPDATE SET keeps_millis = excluded.keeps_millis,"
                            + " told_at = clock_timestamp()")) {
                insert.setString(1, one.broker());
                insert.setString(2, one.topic());
                insert.setLong(3, one.longest().map(Duration::toMillis).orElse(FOR_EVER));
                insert.executeUpdate();
            }
        }
    }

    /** The topic that keeps messages the longest; empty if none is known. */
    static Optional<Retention> longest(BoundedConnection connection) throws SQLException {
        try (PreparedStatement select = connection.prepare("SELECT broker, topic, keeps_millis FROM assent_inbox_window"
                        + " WHERE keeps_millis < 0 OR told_at > now() - keeps_millis * interval '1 millisecond'"
                        + " ORDER BY keeps_millis < 0 DESC, keeps_millis DESC, topic LIMIT 1");
                ResultSet rows = select.executeQuery()) {
            if (!rows.next()) {
                return Optional.empty();
            }
            long keepsMillis = rows.getLong(3);
            Optional<Duration> longest =
                    keepsMillis == FOR_EVER ? Optional.empty() : Optional.of(Duration.ofMillis(keepsMillis));
            return Optional.of(new Retention(rows.getString(1), rows.getString(2), longest));
        }
    }
}
