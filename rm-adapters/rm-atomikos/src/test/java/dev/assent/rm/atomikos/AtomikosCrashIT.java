package dev.assent.rm.atomikos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.server.FreePorts;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * <pre>
 * scenario                            | log                   | expected outcome
 * SIGKILL at any moment of commits    | replicated, disk lost | the same ids in both databases, nothing in doubt
 * death between the two commits       | replicated, disk lost | committed in both
 * death between the two commits       | Atomikos' own, lost   | committed in one, rolled back in the other
 * </pre>
 */
@Timeout(300)
@ParameterizedClass
@EnumSource
class AtomikosCrashIT {
    private static final Logger LOG = LoggerFactory.getLogger(AtomikosCrashIT.class);
    private static final long SEED = 20261120;
    private static final int ROUNDS = 3;
    private static final Map<String, String> REPLICATED = Map.of();
    private static final Map<String, String> OWN_LOG = Map.of("dev.assent.atomikos.enabled", "false");

    private final StoreMake make;

    @TempDir
    private Path directory;

    private final List<EmbeddedPostgres> databases = new ArrayList<>();
    private StoreMake.RunningStore store;

    AtomikosCrashIT(StoreMake make) {
        this.make = make;
    }

    @BeforeEach
    void start() throws Exception {
        store = make.start(directory.resolve("store"));
        for (int i = 0; i < 2; i++) {
            databases.add(EmbeddedPostgres.builder()
                    .setPort(new FreePorts(new Random()).next())
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("max_prepared_transactions", "100")
                    .start());
            execute(databases.get(i), "create table work (id text primary key)");
        }
    }

    @AfterEach
    void stop() throws IOException {
        for (EmbeddedPostgres database : databases) {
            database.close();
        }
        store.close();
    }

    @Test
    void commits_that_are_killed_end_the_same_way_in_both_databases_though_the_log_directory_is_lost()
            throws Exception {
        Random random = new Random(SEED);
        int inDoubt = 0;
        for (int round = 0; round < ROUNDS; round++) {
            int before = ids(databases.get(0)).size();
            Process program = start("TRANSACT", REPLICATED);
            Await.until("transactions commit", () -> ids(databases.get(0)).size() > before + 20);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(500)));
            kill(program);
            loseLogDirectory();
            inDoubt += inDoubt();
            recover(REPLICATED);
            assertThat(ids(databases.get(0))).isEqualTo(ids(databases.get(1)));
        }
        LOG.info(
                "{} transactions committed in {} lives, {} branches were in doubt after a kill",
                ids(databases.get(0)).size(),
                ROUNDS,
                inDoubt);
    }

    @Test
    void a_death_between_the_two_commits_of_a_transaction_does_not_divide_it() throws Exception {
        dieBetweenCommits(REPLICATED);

        recover(REPLICATED);

        assertThat(ids(databases.get(0))).containsExactly("between-commits");
        assertThat(ids(databases.get(1))).containsExactly("between-commits");
    }

    @Test
    void with_the_log_on_the_lost_disk_the_same_death_divides_the_transaction() throws Exception {
        dieBetweenCommits(OWN_LOG);

        recover(OWN_LOG);

        assertThat(ids(databases.get(0)).size() + ids(databases.get(1)).size())
                .as("databases that hold the transaction's row")
                .isEqualTo(1);
    }

    private void dieBetweenCommits(Map<String, String> log) throws Exception {
        Map<String, String> patient = new HashMap<>(log); // a young process takes its time for its first transaction
        patient.put("com.atomikos.icatch.default_jta_timeout", "30000");
        patient.put("com.atomikos.icatch.max_timeout", "30000");
        Process program = start("DIE_BETWEEN_COMMITS", patient);
        assertThat(program.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(program.exitValue())
                .as(Files.readString(programLog().toPath()))
                .isEqualTo(DeadlyXa.EXIT_CODE);
        loseLogDirectory();
        awaitNoConnections();
        assertThat(inDoubt()).isEqualTo(1);
    }

    private void recover(Map<String, String> log) throws Exception {
        Process program = start("RECOVER", log);
        try {
            Await.until("no branch is in doubt", () -> inDoubt() == 0);
        } finally {
            kill(program);
        }
    }

    private Process start(String task, Map<String, String> log) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                AtomikosProgram.class.getName(),
                task,
                url(databases.get(0)),
                url(databases.get(1)),
                "com.atomikos.icatch.tm_unique_name=drill",
                "com.atomikos.icatch.log_base_dir=" + logDirectory(),
                "com.atomikos.icatch.max_actives=200",
                "com.atomikos.icatch.recovery_delay=500",
                "com.atomikos.icatch.default_jta_timeout=3000",
                "com.atomikos.icatch.max_timeout=3000",
                "dev.assent.coordination.connect=" + store.connect()));
        log.forEach((name, value) -> command.add(name + "=" + value));
        Files.createDirectories(logDirectory());
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(programLog()))
                .start();
        awaitReady(process);
        return process;
    }

    private void awaitReady(Process process) throws IOException {
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String first = output.readLine(); first != null; first = output.readLine()) {
            if (first.equals(AtomikosProgram.READY)) {
                Thread drain = new Thread(() -> output.lines().forEach(line -> LOG.info("program: {}", line)), "drain");
                drain.setDaemon(true);
                drain.start();
                return;
            }
        }
        throw new IOException("the program ended before it was ready:\n"
                + Files.readString(programLog().toPath()));
    }

    private void kill(Process program) throws Exception {
        program.destroyForcibly();
        assertThat(program.waitFor(120, TimeUnit.SECONDS)).isTrue();
        awaitNoConnections();
    }

    /** Until then a statement of the dead program may still take effect. */
    private void awaitNoConnections() {
        Await.until("the dead program's statements have ended", () -> {
            int connections = 0;
            for (EmbeddedPostgres database : databases) {
                connections += query(
                                database, "select pid::text from pg_stat_activity where application_name = 'drill'")
                        .size();
            }
            return connections == 0;
        });
    }

    private void loseLogDirectory() throws IOException {
        try (Stream<Path> files = Files.walk(logDirectory())) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private Path logDirectory() {
        return directory.resolve("atomikos");
    }

    private File programLog() {
        return directory.resolve("program.log").toFile();
    }

    private int inDoubt() throws SQLException {
        int branches = 0;
        for (EmbeddedPostgres database : databases) {
            branches += query(database, "select gid from pg_prepared_xacts").size();
        }
        return branches;
    }

    private static Set<String> ids(EmbeddedPostgres database) throws SQLException {
        return query(database, "select id from work");
    }

    private static String url(EmbeddedPostgres database) {
        return database.getJdbcUrl("postgres", "postgres") + "&ApplicationName=drill&connectTimeout="
                + Duration.ofSeconds(10).toSeconds();
    }

    private static Set<String> query(EmbeddedPostgres database, String sql) throws SQLException {
        try (Connection connection = database.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            Set<String> values = new TreeSet<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }

    private static void execute(EmbeddedPostgres database, String sql) throws SQLException {
        try (Connection connection = database.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
