package dev.assent.shop.gray;

import dev.assent.coordination.server.FreePorts;
import dev.assent.shop.platform.PostgresServer;
import dev.assent.shop.platform.Processes;
import dev.assent.shop.platform.Processes.Tier;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Three PostgreSQL servers, each with the table of {@link Transfers}. */
public final class Databases {
    /** The servers. */
    public enum Name {
        LEFT,
        RIGHT,
        /** The one that is made to hang. */
        SICK;

        String text() {
            return "postgres-" + name().toLowerCase(Locale.ROOT);
        }
    }

    private final Processes processes;
    private final Path directory;
    private final PostgresServer.Programs programs;
    private final Map<Name, PostgresServer> servers = new EnumMap<>(Name.class);

    private Databases(Processes processes, Path directory, PostgresServer.Programs programs) {
        this.processes = processes;
        this.directory = directory;
        this.programs = programs;
    }

    public static Databases start(Processes processes, Path directory, FreePorts ports)
            throws IOException, InterruptedException, SQLException {
        PostgresServer.Programs programs = PostgresServer.Programs.unpackInto(directory.resolve("postgres"));
        Databases databases = new Databases(processes, directory, programs);
        for (Name name : Name.values()) {
            PostgresServer server = PostgresServer.start(
                    processes.of(Tier.PLATFORM), programs, name.text(), databases.home(name), ports.next());
            databases.servers.put(name, server);
            Transfers.createTable(databases.url(name));
        }
        return databases;
    }

    private Path home(Name name) {
        return directory.resolve(name.text());
    }

    PostgresServer server(Name name) {
        return Optional.ofNullable(servers.get(name)).orElseThrow();
    }

    public String url(Name name) {
        return server(name).jdbcUrl("postgres");
    }

    /** Branches that are prepared in any of them. */
    public long prepared() throws SQLException {
        long sum = 0;
        for (Name name : Name.values()) {
            sum += number(name, "select count(*) from pg_prepared_xacts");
        }
        return sum;
    }

    /** A branch that is prepared, with for how long. */
    public record Held(Name database, String gid, long seconds) {
        @Override
        public String toString() {
            return gid + " in " + database.text() + " for " + seconds + " s";
        }
    }

    /** Branches that are prepared in any of them. */
    public List<Held> held() throws SQLException {
        List<Held> held = new ArrayList<>();
        for (Name name : Name.values()) {
            try (Connection connection = DriverManager.getConnection(url(name));
                    Statement select = connection.createStatement();
                    ResultSet rows = select.executeQuery(
                            "select gid, extract(epoch from now() - prepared)::bigint from pg_prepared_xacts")) {
                while (rows.next()) {
                    held.add(new Held(name, rows.getString(1), rows.getLong(2)));
                }
            }
        }
        return held;
    }

    long number(Name name, String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url(name));
                Statement select = connection.createStatement();
                ResultSet row = select.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Lets all go on, and starts what has ended. */
    void mend() throws IOException, InterruptedException {
        for (Name name : Name.values()) {
            PostgresServer server = server(name);
            if (server.process().isAlive()) {
                Signals.thaw(server.process());
            } else {
                servers.put(
                        name,
                        PostgresServer.startAgain(
                                processes.of(Tier.PLATFORM), programs, name.text(), home(name), server.port()));
            }
        }
    }
}
