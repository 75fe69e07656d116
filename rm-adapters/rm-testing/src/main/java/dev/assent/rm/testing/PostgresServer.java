package dev.assent.rm.testing;

import dev.assent.coordination.server.FreePorts;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.postgresql.xa.PGXADataSource;

/** A real PostgreSQL on a port of its own, with as many databases as tests ask for. */
public final class PostgresServer implements AutoCloseable {
    private final EmbeddedPostgres postgres;
    private final AtomicInteger databases = new AtomicInteger();

    PostgresServer(int preparedTransactionsMax) throws IOException {
        this(configured(preparedTransactionsMax).start());
    }

    private PostgresServer(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    private static EmbeddedPostgres.Builder configured(int preparedTransactionsMax) throws IOException {
        return EmbeddedPostgres.builder()
                .setPort(new FreePorts(new Random()).next())
                .setServerConfig("max_prepared_transactions", Integer.toString(preparedTransactionsMax))
                .setServerConfig("max_connections", "150");
    }

    /** A server that cannot take part in distributed transactions, as PostgreSQL comes by default. */
    public static PostgresServer withoutPreparedTransactions() throws IOException {
        return new PostgresServer(0);
    }

    /** A new empty database. */
    public Database newDatabase() throws SQLException {
        String name = "test" + databases.incrementAndGet();
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        return database(name);
    }

    /** A server like the shared one, for tests that stop it. */
    public static PostgresServer ofItsOwn() throws IOException {
        return new PostgresServer(200);
    }

    /**
     * A hot standby of this server, which follows it by streaming replication and takes reads: a copy of its files, taken
     * while it runs, as {@code pg_basebackup} does it.
     *
     * @param directory empty
     */
    public PostgresServer standby(Path directory) throws SQLException, IOException {
        return standby(directory, postgres.getPort());
    }

    /** The same, which reaches this server by another port. */
    public PostgresServer standby(Path directory, int port) throws SQLException, IOException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_backup_start('standby', true)");
            copy(dataDirectory(), directory);
            try (ResultSet label = statement.executeQuery("SELECT labelfile FROM pg_backup_stop()")) {
                label.next();
                Files.writeString(directory.resolve("backup_label"), label.getString(1));
            }
        }
        Files.createFile(directory.resolve("standby.signal"));
        Files.writeString(
                directory.resolve("postgresql.auto.conf"),
                "primary_conninfo = 'host=127.0.0.1 port=" + port + " user=postgres'\n");
        return new PostgresServer(configured(200)
                .setDataDirectory(directory)
                .setCleanDataDirectory(false)
                .start());
    }

    private Path dataDirectory() throws SQLException {
        return Path.of(
                strings(postgres.getPostgresDatabase(), "SHOW data_directory").get(0));
    }

    /** Files may come and go meanwhile: the log of what changed them is replayed. */
    private static void copy(Path from, Path to) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(from)) {
            all = walk.toList();
        }
        for (Path path : all) {
            Path target = to.resolve(from.relativize(path).toString());
            if (path.equals(from)) {
                Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwx------"));
            } else if (Files.isDirectory(path)) {
                Files.createDirectories(
                        target, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } else if (!path.getFileName().toString().startsWith("postmaster.")) {
                copyFile(path, target);
            }
        }
    }

    private static void copyFile(Path path, Path target) throws IOException {
        try {
            Files.copy(path, target, StandardCopyOption.COPY_ATTRIBUTES);
        } catch (NoSuchFileException gone) {
            Files.deleteIfExists(target);
        }
    }

    /** That database of this server, which may have come by replication. */
    public Database database(String name) {
        return new Database(name, postgres.getJdbcUrl("postgres", name), postgres.getDatabase("postgres", name));
    }

    public int port() {
        return postgres.getPort();
    }

    /** Ends the following of another server. */
    public void promote() throws SQLException {
        List<String> unused = strings(postgres.getPostgresDatabase(), "SELECT pg_promote()");
    }

    /** Stops every process of the server where it is: it neither answers nor fails until {@link Frozen#close}. */
    public Frozen freeze() throws SQLException, IOException {
        long postmaster = Long.parseLong(Files.readAllLines(dataDirectory().resolve("postmaster.pid"))
                .get(0)
                .trim());
        // The postmaster first: then no process comes that is not stopped.
        signal("STOP", postmaster);
        List<Long> all = new ArrayList<>(List.of(postmaster));
        ProcessHandle.of(postmaster)
                .orElseThrow()
                .descendants()
                .map(ProcessHandle::pid)
                .forEach(all::add);
        for (long pid : all) {
            signal("STOP", pid);
        }
        return () -> {
            for (long pid : all) {
                signal("CONT", pid);
            }
        };
    }

    private static void signal(String name, long pid) throws IOException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start();
        int code = kill.onExit().join().exitValue();
        if (code != 0 && ProcessHandle.of(pid).isPresent()) {
            throw new IOException("kill -" + name + " " + pid + " failed with " + code);
        }
    }

    /** A server that is stopped, until this is closed. */
    public interface Frozen extends AutoCloseable {
        @Override
        void close() throws IOException;
    }

    /** Prepared transactions in all databases. */
    public List<String> preparedTransactions() throws SQLException {
        return strings(postgres.getPostgresDatabase(), "SELECT gid FROM pg_prepared_xacts");
    }

    private static List<String> strings(DataSource database, String query) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<String> strings = new ArrayList<>();
            while (rows.next()) {
                strings.add(rows.getString(1));
            }
            return strings;
        }
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }

    /** One database, apart from any transaction of ours. */
    public record Database(String name, String url, DataSource plain) {

        public PGXADataSource xa() {
            PGXADataSource dataSource = new PGXADataSource();
            dataSource.setUrl(url);
            dataSource.setUser("postgres");
            return dataSource;
        }

        public void execute(String sql) throws SQLException {
            try (Connection connection = plain.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }

        public long number(String query) throws SQLException {
            try (Connection connection = plain.getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(query)) {
                row.next();
                return row.getLong(1);
            }
        }

        /** The first column of each row. */
        public List<String> strings(String query) throws SQLException {
            return PostgresServer.strings(plain, query);
        }

        /** A database with a table {@code account(id, balance)} and the accounts 1 and 2, each of 100. */
        public Database withAccounts() throws SQLException {
            execute("CREATE TABLE account(id int PRIMARY KEY, balance int NOT NULL)");
            execute("INSERT INTO account VALUES (1, 100), (2, 100)");
            return this;
        }

        public long balance(int account) throws SQLException {
            return number("SELECT balance FROM account WHERE id = " + account);
        }
    }
}
