package dev.assent.rm.operator.doctor;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How to reach a PostgreSQL: nothing that it is asked takes longer than {@code patience}, whether it answers or not.
 *
 * @param url {@code jdbc:postgresql://host:port/database}
 * @param user empty to leave it to the URL or the driver
 */
public record DatabaseAddress(String url, Optional<String> user, Optional<String> password, Duration patience) {
    private static final String PREFIX = "jdbc:postgresql:";
    /** How long a lock is waited for: short, as whoever holds it may be what is looked for. */
    private static final long LOCK_MILLIS = 500;

    private static final Pattern SERVER = Pattern.compile("(jdbc:postgresql://[^/?]+)(?:[/?].*)?");

    private static final Pattern SECRET = Pattern.compile("(?i)(user|password|sslpassword)=[^&]*&?");

    /** @throws IllegalArgumentException the URL is no PostgreSQL's */
    public DatabaseAddress {
        if (!url.startsWith(PREFIX)) {
            throw new IllegalArgumentException(
                    "'" + SECRET.matcher(url).replaceAll("") + "' is no jdbc:postgresql://host:port/database");
        }
    }

    /** A connection that cannot change anything. */
    public Connection readOnly() throws SQLException {
        return open("on");
    }

    /** A connection that can. */
    public Connection writing() throws SQLException {
        return open("off");
    }

    private Connection open(String readOnly) throws SQLException {
        Properties properties = new Properties();
        String seconds = Long.toString(Math.max(1, patience.toSeconds()));
        properties.setProperty("connectTimeout", seconds);
        properties.setProperty("loginTimeout", seconds);
        // Later than the server's own, so that its word comes first; this one is for a server that says nothing.
        properties.setProperty("socketTimeout", Long.toString(Math.max(1, patience.toSeconds()) + 2));
        properties.setProperty("ApplicationName", "assent doctor");
        user.ifPresent(name -> properties.setProperty("user", name));
        password.ifPresent(secret -> properties.setProperty("password", secret));
        Connection connection = DriverManager.getConnection(url, properties);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET default_transaction_read_only = " + readOnly);
            statement.execute("SET statement_timeout = " + patience.toMillis());
            statement.execute("SET lock_timeout = " + LOCK_MILLIS);
        } catch (SQLException failed) {
            connection.close();
            throw failed;
        }
        return connection;
    }

    /** The URL as it may be printed: without user and password. */
    public String shown() {
        return SECRET.matcher(url).replaceAll("").replaceAll("[?&]$", "");
    }

    /** The URL of another database of the same server, as {@link #shown}. */
    String shownFor(String database) {
        Matcher server = SERVER.matcher(shown());
        return server.matches()
                ? server.group(1) + "/"
                        + URLEncoder.encode(database, StandardCharsets.UTF_8).replace("+", "%20")
                : shown();
    }

    @Override
    public String toString() {
        return shown();
    }
}
