package dev.assent.rm.bench;

import dev.assent.coordination.server.FreePorts;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Two PostgreSQL servers, processes of their own, with fsync and synchronous_commit on. */
final class BenchDatabases implements AutoCloseable {
    private final List<EmbeddedPostgres> servers;

    private BenchDatabases(List<EmbeddedPostgres> servers) {
        this.servers = servers;
    }

    static BenchDatabases start() throws IOException, SQLException {
        BenchDatabases databases = new BenchDatabases(List.of(server(), server()));
        for (EmbeddedPostgres server : databases.servers) {
            try (Connection connection = server.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("create table work (id bigint primary key, note text not null)");
            }
        }
        return databases;
    }

    private static EmbeddedPostgres server() throws IOException {
        return EmbeddedPostgres.builder()
                .setPort(new FreePorts(new Random()).next())
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("max_connections", "300")
                .setServerConfig("max_prepared_transactions", "200")
                .start();
    }

    String url(int server) {
        return servers.get(server).getJdbcUrl("postgres", "postgres");
    }

    /** Syncs of the write-ahead logs so far. */
    long walSyncs() throws SQLException {
        return sum("select wal_sync from pg_stat_wal");
    }

    /** Rows in both, which must be as many. */
    long rows() throws SQLException {
        return sum("select count(*) from work");
    }

    long prepared() throws SQLException {
        return sum("select count(*) from pg_prepared_xacts");
    }

    private long sum(String query) throws SQLException {
        long sum = 0;
        for (EmbeddedPostgres server : servers) {
            try (Connection connection = server.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(query)) {
                if (row.next()) {
                    sum += row.getLong(1);
                }
            }
        }
        return sum;
    }

    /** Processor time of both servers' processes that are alive. */
    Duration cpuTime() throws IOException, SQLException {
        Duration total = Duration.ZERO;
        for (EmbeddedPostgres server : servers) {
            Path pidFile = dataDirectory(server).resolve("postmaster.pid");
            long pid;
            try (Stream<String> lines = Files.lines(pidFile)) {
                pid = Long.parseLong(lines.findFirst().orElseThrow().trim());
            }
            ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
            total = Stream.concat(Stream.of(postmaster), postmaster.descendants())
                    .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
                    .reduce(total, Duration::plus);
        }
        return total;
    }

    private static Path dataDirectory(EmbeddedPostgres server) throws SQLException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show data_directory")) {
            row.next();
            return Path.of(row.getString(1));
        }
    }

    @Override
    public void close() throws IOException {
        for (EmbeddedPostgres server : servers) {
            server.close();
        }
    }
}
