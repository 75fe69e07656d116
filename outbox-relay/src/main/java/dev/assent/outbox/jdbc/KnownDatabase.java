package dev.assent.outbox.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Refuses databases of which it is not known that their answers mean what everything here rests on: that a count of rows
 * is the count of what was changed, that one who inserts or locks what another has in hand waits for the other's end, and
 * that a row is read again as it is by then. Known is PostgreSQL. A database that takes the same statements may answer them
 * with less behind it, and a message would be lost, or have its effect twice, without a word.
 */
public final class KnownDatabase {
    private static final String KNOWN = "PostgreSQL";
    /** What calls itself a PostgreSQL in its version, and is another server with other locks. */
    private static final List<String> POSING = List.of("CockroachDB", "-YB-", "Redshift", "Greenplum");

    private KnownDatabase() {}

    /**
     * Asks the driver, not the database: cheap enough for each call. {@link #requireServer} has asked the database before.
     *
     * @throws IllegalStateException if it is another one
     */
    public static void require(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        if (!KNOWN.equals(product)) {
            throw unknown(product);
        }
    }

    /**
     * Asks the database as well, for a driver takes whatever speaks its protocol for the database that it is made for. To
     * be called once for a new connection.
     *
     * @throws IllegalStateException if it is another one
     */
    static void requireServer(Connection connection) throws SQLException {
        require(connection);
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT version()")) {
            String version = rows.next() ? String.valueOf(rows.getString(1)) : "nothing";
            if (!version.startsWith(KNOWN + " ") || POSING.stream().anyMatch(version::contains)) {
                throw unknown(version);
            }
        }
    }

    private static IllegalStateException unknown(String name) {
        return new IllegalStateException("the database calls itself " + name
                + ", of which it is not known whether its answers can be relied on: keep the tables of outbox-relay in "
                + KNOWN);
    }
}
