package dev.assent.rm.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** SIGTERM of a working application, with whoever decides its transactions in any state: processes of their own. */
@ExtendWith(PostgresExtension.class)
class StopIT {
    /** What is promised. */
    private static final Duration END_MAX = Duration.ofSeconds(5);
    /** Less than what somebody waits who waits for a request that hangs: the whole grace. */
    private static final Duration HUNG_MIN = Duration.ofSeconds(25);

    private static final int ATTEMPTS_MAX = 3;

    private static final String READY = "ready";

    private final Path directory;
    private final PostgresServer server;
    private final Deque<Process> children = new ArrayDeque<>();

    StopIT(PostgresServer server, @TempDir Path directory) {
        this.server = server;
        this.directory = directory;
    }

    /** What has become of the store, or of the coordinator node, when the application is told to stop. */
    enum State {
        WELL,
        FROZEN,
        KILLED
    }

    @ParameterizedTest
    @EnumSource
    void an_application_with_its_own_coordinator_ends_in_time(State store) throws Exception {
        stopped("store", "--assent.coordination.connect=", store);
    }

    @ParameterizedTest
    @EnumSource
    void an_application_with_coordinator_nodes_ends_in_time(State node) throws Exception {
        stopped("node", "--assent.coordinator.targets=", node);
    }

    /** Within what is promised, and again where the machine had other things to do at that moment. */
    private void stopped(String decider, String setting, State state) throws Exception {
        Duration took = END_MAX;
        for (int attempt = 0; attempt < ATTEMPTS_MAX && took.compareTo(END_MAX) >= 0; attempt++) {
            took = stoppedOnce(decider, setting, state);
            assertThat(took).isLessThan(HUNG_MIN);
            close();
        }
        assertThat(took).isLessThan(END_MAX);
    }

    private Duration stoppedOnce(String decider, String setting, State state) throws Exception {
        Process other =
                start(decider, Files.createTempDirectory(directory, decider).toString());
        String address = ready(other).substring(READY.length() + 1);
        Database first = database();
        Database second = database();
        Process application =
                start("application", setting + address, "--first=" + first.url(), "--second=" + second.url());
        ready(application);

        bring(other, state);
        // Long enough for every worker to be in the middle of a commit that nobody decides.
        assertThat(application.waitFor(2, TimeUnit.SECONDS)).isFalse();
        long toldNanos = System.nanoTime();
        // By its handle: a Process closes the streams when it is destroyed.
        assertThat(application.toHandle().destroy()).isTrue();
        boolean ended = application.waitFor(60, TimeUnit.SECONDS);
        Duration took = Duration.ofNanos(System.nanoTime() - toldNanos);
        System.out.println(decider + " " + state + ": ended " + ended + " after " + took.toMillis() + " ms");

        assertThat(ended).isTrue();
        return took;
    }

    private Database database() throws SQLException {
        Database database = server.newDatabase().withAccounts();
        database.execute("INSERT INTO account SELECT id, 0 FROM generate_series(1, 4) AS id ON CONFLICT DO NOTHING");
        return database;
    }

    private static void bring(Process other, State state) throws Exception {
        switch (state) {
            case WELL -> assertThat(other.isAlive()).isTrue();
            case FROZEN -> signal(other, "STOP");
            case KILLED -> other.destroyForcibly().waitFor();
        }
    }

    private static void signal(Process process, String name) throws Exception {
        int code = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        assertThat(code).isZero();
    }

    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                StopProgram.class.getName()));
        command.addAll(Arrays.asList(arguments));
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        children.push(child);
        return child;
    }

    /** Waits for the line, and goes on reading: nobody may block on a full pipe. */
    private String ready(Process child) throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(READY)) {
                Thread reader =
                        new Thread(() -> lines.lines().forEach(System.out::println), "output of " + child.pid());
                reader.setDaemon(true);
                reader.start();
                return line;
            }
            System.out.println(line);
        }
        throw new IOException("the process " + child.pid() + " ended early");
    }

    @AfterEach
    void close() throws Exception {
        while (!children.isEmpty()) {
            children.pop().destroyForcibly().waitFor();
        }
    }
}
