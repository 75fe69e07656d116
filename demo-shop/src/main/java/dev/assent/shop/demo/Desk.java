package dev.assent.shop.demo;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection to one database that is opened anew after a failure, and answers soon or not at all. One thread asks.
 */
final class Desk implements AutoCloseable {
    /** An answer that takes longer is none. */
    static final int ANSWER_SECONDS_MAX = 3;

    private final String url;
    private @Nullable Connection open;

    Desk(String url) {
        this.url = url + "&connectTimeout=2&socketTimeout=" + ANSWER_SECONDS_MAX + "&ApplicationName=shop-page";
    }

    /** Reads a row. */
    @FunctionalInterface
    interface Reading<T> {
        T read(ResultSet row) throws SQLException;
    }

    <T> List<T> rows(String sql, Reading<T> reading, Object... parameters) throws SQLException {
        try (PreparedStatement select = connection().prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                if (parameters[i] instanceof Object[] many) {
                    select.setArray(i + 1, connection().createArrayOf("uuid", many));
                } else {
                    select.setObject(i + 1, parameters[i]);
                }
            }
            try (ResultSet found = select.executeQuery()) {
                List<T> all = new ArrayList<>();
                while (found.next()) {
                    all.add(reading.read(found));
                }
                return all;
            }
        } catch (SQLException failed) {
            close();
            throw failed;
        }
    }

    long number(String sql) throws SQLException {
        return rows(sql, row -> row.getLong(1)).get(0);
    }

    private Connection connection() throws SQLException {
        Connection present = open;
        if (present == null) {
            present = DriverManager.getConnection(url);
            open = present;
        }
        return present;
    }

    @Override
    public void close() throws SQLException {
        Connection present = open;
        open = null;
        if (present != null) {
            present.close();
        }
    }
}
