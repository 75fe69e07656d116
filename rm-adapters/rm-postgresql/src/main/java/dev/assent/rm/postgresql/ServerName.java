package dev.assent.rm.postgresql;

import java.sql.Connection;
import java.sql.SQLException;

/** A server and its database as they are told to people: without the driver's settings, which may hold a password. */
final class ServerName {
    private ServerName() {}

    static String of(Connection connection) throws SQLException {
        String url = connection.getMetaData().getURL();
        int settings = url.indexOf('?');
        return settings < 0 ? url : url.substring(0, settings);
    }
}
