package dev.assent.outbox.testing;

import dev.assent.coordination.server.FreePorts;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.xa.PGXADataSource;

/** A PostgreSQL server that hands out fresh databases. */
public final class Postgres implements AutoCloseable {
    private final EmbeddedPostgres server;
    private final AtomicInteger databases = new AtomicInteger();

    private Postgres(EmbeddedPostgres server) {
        this.server = server;
    }

    static Postgres start() throws IOException {
        return new Postgres(EmbeddedPostgres.builder()
                .setPort(new FreePorts(new Random()).next())
                .setServerConfig("max_prepared_transactions", "50")
                .setServerConfig("max_connections", "200")
                .start());
    }

    /** A new, empty database. */
    public Database database() throws SQLException {
        String name = "test_" + databases.incrementAndGet();
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        return new Database(server.getPort(), name);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    /** One database. */
    public record Database(int port, String name) {
        public PGSimpleDataSource dataSource() {
            return dataSource(port);
        }

        /** Through another port, such as that of a {@link Link}. */
        public PGSimpleDataSource dataSource(int throughPort) {
            PGSimpleDataSource source = new PGSimpleDataSource();
            source.setConnectTimeout(5);
            source.setLoginTimeout(5);
            source.setSocketTimeout(20);
            source.setURL(url(throughPort));
            source.setUser("postgres");
            return source;
        }

        public String url(int throughPort) {
            return "jdbc:postgresql://localhost:" + throughPort + "/" + name;
        }

        public PGXADataSource xaDataSource() {
            PGXADataSource source = new PGXADataSource();
            source.setUrl(url(port));
            source.setUser("postgres");
            return source;
        }

        public void execute(String sql) throws SQLException {
            try (Connection connection = dataSource().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }

        public long number(String sql) throws SQLException {
            try (Connection connection = dataSource().getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(sql)) {
                rows.next();
                return rows.getLong(1);
            }
        }

        /** Work in one transaction, committed at its end. */
        public interface Work<T> {
            T run(Connection connection) throws Exception;
        }

        public <T> T commit(Work<T> work) throws Exception {
            try (Connection connection = dataSource().getConnection()) {
                connection.setAutoCommit(false);
                T result = work.run(connection);
                connection.commit();
                return result;
            }
        }
    }
}
