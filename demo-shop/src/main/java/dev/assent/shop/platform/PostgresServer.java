package dev.assent.shop.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One PostgreSQL server as a child process, with fsync and synchronous_commit on and room for prepared transactions.
 *
 * <p>PostgreSQL refuses to run as root; there it runs in a user namespace of its own.
 */
public final class PostgresServer implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final int AFTER_KILL_ATTEMPTS = 20;
    private static final long AFTER_KILL_PAUSE_MILLIS = 250;
    private static final Pattern READY = Pattern.compile("database system is ready to accept connections");
    private static final String USER = "postgres";
    private static final String DATA = "data";

    private final ChildProcess process;
    private final int port;
    /** Of its JDBC URLs, beside the user. */
    private final String parameters;

    private PostgresServer(ChildProcess process, int port, String parameters) {
        this.process = process;
        this.port = port;
        this.parameters = parameters;
    }

    /** PostgreSQL's programs, unpacked once for several servers. */
    public record Programs(Path bin, List<String> prefix) {
        /** Unpacks the programs for this operating system into {@code directory}. */
        public static Programs unpackInto(Path directory) throws IOException, InterruptedException {
            return new Programs(PostgresBinaries.unpackInto(directory), prefixForRoot());
        }

        /** The same, unpacked once for several runs. */
        public static Programs in(Kept kept) throws IOException, InterruptedException {
            Path tree = kept.tree("postgresql-" + PostgresBinaries.version(), PostgresBinaries::unpackInto);
            return new Programs(tree.resolve("bin"), prefixForRoot());
        }

        private static List<String> prefixForRoot() throws IOException, InterruptedException {
            if (!ProcessHandle.current().info().user().orElse("").equals("root")) {
                return List.of();
            }
            Process probe = new ProcessBuilder("unshare", "-U", "true").start();
            if (probe.waitFor() != 0) {
                throw new IOException("PostgreSQL does not run as root, and 'unshare -U' is not allowed here:"
                        + " run the demo as another user");
            }
            return List.of("unshare", "-U");
        }

        private List<String> command(String program, String... arguments) {
            List<String> command = new ArrayList<>(prefix);
            command.add(bin.resolve(program).toString());
            command.addAll(List.of(arguments));
            return command;
        }
    }

    /**
     * Makes a new database cluster under {@code home} and serves it; returns when it accepts connections. It ends with
     * the process that {@code launcher} starts.
     */
    public static PostgresServer start(Launcher launcher, Programs programs, String name, Path home, int port)
            throws IOException, InterruptedException {
        Files.createDirectories(home);
        initialise(programs, home.resolve(DATA), log(home, name));
        return startAgain(launcher, programs, name, home, port);
    }

    /** A server that is not there yet. */
    public record Place(String name, Path home, int port) {}

    /**
     * The same for a server that is spoken with over TLS only.
     *
     * @param kept where a cluster may lie that was made for an earlier run, to be copied; one for each name, so that none is
     *     like another
     */
    public static PostgresServer start(
            Launcher launcher, Programs programs, Optional<Kept> kept, Place place, DatabaseTls tls)
            throws IOException, InterruptedException {
        Files.createDirectories(place.home());
        Path data = place.home().resolve(DATA);
        if (kept.isPresent()) {
            Path fresh = kept.get()
                    .tree(
                            programs.bin().getName(programs.bin().getNameCount() - 2) + "-" + place.name(),
                            empty -> initialise(programs, empty.resolve(DATA), log(empty, place.name())));
            Kept.copy(fresh.resolve(DATA), data);
        } else {
            initialise(programs, data, log(place.home(), place.name()));
        }
        tls.secure(data);
        PostgresServer plain = startAgain(launcher, programs, place.name(), place.home(), place.port());
        return new PostgresServer(plain.process, place.port(), DatabaseTls.parameters(tls.owner()));
    }

    /** Serves the database cluster that an earlier {@link #start} made under {@code home}, after its server ended. */
    public static PostgresServer startAgain(Launcher launcher, Programs programs, String name, Path home, int port)
            throws IOException, InterruptedException {
        String data = home.resolve(DATA).toString();
        List<String> command = programs.command("postgres", "-D", data, "-p", Integer.toString(port));
        for (String setting : List.of(
                "listen_addresses=127.0.0.1",
                "unix_socket_directories=",
                "fsync=on",
                "synchronous_commit=on",
                "max_prepared_transactions=200",
                "max_connections=200",
                "wal_level=logical",
                "shared_buffers=64MB")) {
            command.add("-c");
            command.add(setting);
        }
        ChildProcess process = launcher.start(name, command, home, log(home, name), READY);
        try {
            process.awaitReady(START_TIMEOUT);
        } catch (IOException | InterruptedException failed) {
            process.close();
            throw failed;
        }
        return new PostgresServer(process, port, "");
    }

    /**
     * The same after a SIGKILL: what a killed postmaster has left behind holds its memory, and its port, for a moment
     * longer, so it is tried again for some seconds.
     */
    public static PostgresServer startAfterKill(Launcher launcher, Programs programs, String name, Path home, int port)
            throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return startAgain(launcher, programs, name, home, port);
            } catch (IOException early) {
                if (attempt == AFTER_KILL_ATTEMPTS) {
                    throw early;
                }
                Pauses.pause(AFTER_KILL_PAUSE_MILLIS);
            }
        }
    }

    private static Path log(Path home, String name) {
        return home.resolve(name + ".log");
    }

    private static void initialise(Programs programs, Path data, Path log) throws IOException, InterruptedException {
        // -N leaves out initdb's own sync of an empty cluster; the server's fsync is on from its first write.
        Process initdb = new ProcessBuilder(programs.command(
                        "initdb", "-D", data.toString(), "-U", USER, "-A", "trust", "-E", "UTF8", "-N", "--no-locale"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        if (initdb.waitFor() != 0) {
            throw new IOException("initdb failed; its output is in " + log);
        }
    }

    /** Creates an empty database. */
    public void createDatabase(String database) throws SQLException {
        try (Connection connection = DriverManager.getConnection(jdbcUrl("postgres"));
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + statement.enquoteIdentifier(database, true));
        }
    }

    /** Makes what is missing of a user, and of databases that are its own. */
    public void provide(String user, List<String> databases) throws SQLException {
        try (Connection connection = DriverManager.getConnection(jdbcUrl("postgres"));
                Statement statement = connection.createStatement()) {
            String owner = statement.enquoteIdentifier(user, true);
            if (isMissing(connection, "select from pg_roles where rolname = ?", user)) {
                statement.execute("create role " + owner + " login");
            }
            for (String database : databases) {
                if (isMissing(connection, "select from pg_database where datname = ?", database)) {
                    statement.execute(
                            "create database " + statement.enquoteIdentifier(database, true) + " owner " + owner);
                }
            }
        }
    }

    private static boolean isMissing(Connection connection, String question, String name) throws SQLException {
        try (PreparedStatement asked = connection.prepareStatement(question)) {
            asked.setString(1, name);
            try (ResultSet row = asked.executeQuery()) {
                return !row.next();
            }
        }
    }

    public String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=" + USER + parameters;
    }

    public int port() {
        return port;
    }

    public ChildProcess process() {
        return process;
    }

    @Override
    public void close() {
        process.close();
    }
}
