package dev.assent.rm.postgresql;

import dev.assent.rm.xa.quirk.OpeningQuirks;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import org.postgresql.xa.PGXADataSource;

/**
 * pgjdbc 42.7. Its login time-out lets the caller go and leaves a thread of the driver behind, which reads on for ever;
 * what ends that one is the socket time-out. So a copy of the data source opens with a short one, and the connection
 * then gets the user's own: a statement may take longer than a handshake.
 */
final class PostgresOpening implements OpeningQuirks {
    @Override
    public XAConnection open(XADataSource source, Duration bound) throws SQLException {
        PGXADataSource opening = copy((PGXADataSource) source);
        int own = opening.getSocketTimeout();
        opening.setSocketTimeout(shorter(own, bound));
        opening.setConnectTimeout(shorter(opening.getConnectTimeout(), bound));
        XAConnection opened = opening.getXAConnection();
        try (Connection handle = opened.getConnection()) {
            handle.setNetworkTimeout(Runnable::run, Math.multiplyExact(own, 1_000));
        } catch (SQLException e) {
            opened.close();
            throw e;
        }
        return opened;
    }

    /** None at all counts as the longest. */
    static int shorter(int ownSeconds, Duration bound) {
        int seconds = Math.toIntExact(bound.toSeconds());
        return ownSeconds == 0 ? seconds : Math.min(ownSeconds, seconds);
    }

    private static PGXADataSource copy(PGXADataSource source) throws SQLException {
        PGXADataSource copy = new PGXADataSource();
        try {
            copy.initializeFrom(source);
        } catch (IOException | ClassNotFoundException e) {
            throw new SQLException("the settings of the data source cannot be copied", e);
        }
        return copy;
    }
}
