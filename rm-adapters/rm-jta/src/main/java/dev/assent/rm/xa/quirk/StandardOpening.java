package dev.assent.rm.xa.quirk;

import java.sql.SQLException;
import java.time.Duration;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** JDBC's own bound, the login time-out, where the data source has none. Drivers differ in what they make of it. */
final class StandardOpening implements OpeningQuirks {
    private static final Logger LOG = LoggerFactory.getLogger(StandardOpening.class);

    @Override
    public XAConnection open(XADataSource source, Duration bound) throws SQLException {
        limit(source, bound);
        return source.getXAConnection();
    }

    private static void limit(XADataSource source, Duration bound) {
        try {
            if (source.getLoginTimeout() == 0) {
                source.setLoginTimeout(Math.toIntExact(bound.toSeconds()));
            }
        } catch (SQLException | RuntimeException e) {
            // It is no part of what recovery needs, and whoever opens has a bound of his own.
            LOG.debug("{} takes no login time-out", source.getClass().getName(), e);
        }
    }
}
