package dev.assent.rm.operator.doctor;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Ends one prepared transaction; the only thing here that changes anything. */
public final class PreparedEnd {
    private static final String UNDEFINED_OBJECT = "42704";

    private PreparedEnd() {}

    /** Which way. */
    public enum Way {
        COMMIT,
        ROLLBACK;

        /** The statement that does it. */
        public String sql(String gid) {
            return this + " PREPARED " + Quoting.sql(gid);
        }
    }

    /**
     * Ends it.
     *
     * @return false when there is no such transaction any more
     * @throws SQLException it was refused; or, if the server was not heard, it may have been done
     */
    public static boolean end(Connection connection, Way way, String gid) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(way.sql(gid));
            return true;
        } catch (SQLException refused) {
            if (UNDEFINED_OBJECT.equals(refused.getSQLState())) {
                return false;
            }
            throw refused;
        }
    }
}
