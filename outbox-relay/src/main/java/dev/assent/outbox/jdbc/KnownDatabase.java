package dev.assent.outbox.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Refuses databases of which it is not known that their answers mean what everything here rests on: that a count of rows
 * is the count of what was changed, that one who inserts or locks what another has in hand waits for the other's end, and
 * that a row is read again as it is by then. Known is PostgreSQL. A database that takes the same statements may answer them
 * with less behind it, and a message would be lost, or have its effect twice, without a word.
 */
public final class KnownDatabase {
    private static final String KNOWN = "PostgreSQL";

    private KnownDatabase() {}

    /**
     * Asks the driver, not the database.
     *
     * @throws IllegalStateException if it is another one
     */
    public static void require(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        if (!KNOWN.equals(product)) {
            throw new IllegalStateException("the database calls itself " + product
                    + ", of which it is not known whether its answers can be relied on: keep the tables of outbox-relay in "
                    + KNOWN);
        }
    }
}
