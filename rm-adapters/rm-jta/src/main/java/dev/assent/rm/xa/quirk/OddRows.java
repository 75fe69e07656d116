package dev.assent.rm.xa.quirk;

import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows of a table of decisions that cannot be read here, damaged or of another version: each is left alone and named in the log
 * once, with what can be done about it, so that it keeps nobody from tidying the others. Thread-safe.
 */
public final class OddRows {
    private static final Logger LOG = LoggerFactory.getLogger(OddRows.class);

    /** So many are named. */
    public static final int NAMED_MAX = 100;

    private final Set<String> named = ConcurrentHashMap.newKeySet();

    /** The reading of one row, which says by an {@link IllegalArgumentException} that it is none of ours. */
    public interface Reading {
        void read() throws SQLException;
    }

    /** Reads a row, or sets it aside. */
    public void setAsideUnlessRead(String gtrid, Reading row) throws SQLException {
        try {
            row.read();
        } catch (IllegalArgumentException odd) {
            if (named.size() < NAMED_MAX && named.add(gtrid)) {
                LOG.error(
                        "the row of {} whose gtrid is {} is set aside, the others are tidied: {}. Delete it, unless a"
                                + " newer version of this program wrote it",
                        DecisionLetters.TABLE,
                        gtrid,
                        odd.getMessage());
            }
        }
    }
}
