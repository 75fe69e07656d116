package dev.assent.outbox.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.OptionalLong;
import javax.sql.DataSource;

/**
 * How much waits in an outbox, parked keys' rows included, and for how long. Reads only, and stops counting at {@link #ROWS_MAX}.
 *
 * @param rows that are not published yet, at most {@value #ROWS_MAX}
 * @param bytes of their bodies and headers, as they are before anything compresses them but for the headers
 * @param oldestSeconds since the oldest of them was appended, by the database's clock; empty if there is none
 */
public record WaitingRows(long rows, long bytes, OptionalLong oldestSeconds) {
    public static final int ROWS_MAX = 100_000;

    private static final int PATIENCE_SECONDS = 5;

    /** By the index of shard and number: a glance at each shard, and one at those of its rows that wait elsewhere. */
    private static final String SQL =
            "SELECT counted.number, counted.bytes, (SELECT extract(epoch FROM clock_timestamp() - min(oldest.created_at))::bigint FROM"
                    + " (SELECT shard FROM assent_outbox_shard UNION ALL SELECT -1 - shard FROM assent_outbox_shard) AS s"
                    + " CROSS JOIN LATERAL (SELECT created_at FROM assent_outbox o WHERE o.shard = s.shard ORDER BY seq LIMIT 1)"
                    + " AS oldest) FROM (SELECT count(*) AS number, coalesce(sum(size), 0)::bigint AS bytes FROM (SELECT"
                    + " octet_length(payload) + coalesce(pg_column_size(headers), 0) AS size FROM assent_outbox LIMIT "
                    + ROWS_MAX
                    + ") AS first) AS counted";

    /** Asks the database, for a few seconds at most. */
    public static WaitingRows read(DataSource database) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(PATIENCE_SECONDS);
            try (ResultSet row = statement.executeQuery(SQL)) {
                row.next();
                long rows = row.getLong(1);
                long bytes = row.getLong(2);
                long seconds = row.getLong(3);
                return new WaitingRows(
                        rows, bytes, row.wasNull() ? OptionalLong.empty() : OptionalLong.of(Math.max(0, seconds)));
            }
        }
    }
}
