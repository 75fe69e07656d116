package dev.assent.outbox.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Runs a schema script of this module, once at a time over all processes that start together. */
public enum Ddl {
    OUTBOX("outbox.sql"),
    INBOX("inbox.sql");

    /** Key of the advisory lock under which schemas are installed. */
    private static final long INSTALL_LOCK = 0x617373656e74L;

    /** A schema that cannot be locked within this time is not changed: whoever waits for it makes writers wait too. */
    private static final String LOCK_MAX = "10s";

    private final String resource;

    Ddl(String resource) {
        this.resource = resource;
    }

    /** The script, for those who keep their schema with a migration tool. */
    public String text() {
        try (InputStream in = Ddl.class.getResourceAsStream("/dev/assent/outbox/" + resource)) {
            if (in == null) {
                throw new IllegalStateException("the jar of outbox-relay lacks " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Work to be done in the transaction that installs a schema. */
    interface Then {
        void run(Connection connection) throws SQLException;
    }

    /** Creates what is missing in the data source's current schema. */
    public void install(DataSource database) throws SQLException {
        install(database, connection -> {});
    }

    void install(DataSource database, Then then) throws SQLException {
        try (Connection connection = database.getConnection()) {
            KnownDatabase.requireServer(connection);
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET LOCAL lock_timeout = '" + LOCK_MAX + "'");
                statement.execute("SELECT pg_advisory_xact_lock(" + INSTALL_LOCK + ")");
                statement.execute(text());
                then.run(connection);
                connection.commit();
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            }
        }
    }
}
