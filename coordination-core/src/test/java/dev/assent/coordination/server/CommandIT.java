package dev.assent.coordination.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command, as an operator meets it. */
@Timeout(240)
final class CommandIT {
    @TempDir
    Path directory;

    @Test
    void a_standalone_server_says_where_it_serves_stops_cleanly_and_keeps_its_data() throws Exception {
        try (TestEnsemble one = TestEnsemble.start(directory, 1)) {
            assertThat(one.server(1).lastLine()).contains("serving clients on " + one.connect(1), " as leader of 1");
            try (TestClient client = TestClient.connect(one.connect())) {
                client.zk().create("/kept", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            }
            assertThat(one.server(1).stop()).isZero();
            one.server(1).start();
            one.server(1).awaitServing();
            try (TestClient client = TestClient.connect(one.connect())) {
                assertThat(client.zk().exists("/kept", false)).isNotNull();
            }
        }
    }

    @Test
    void a_wrong_line_is_told_with_its_number_and_exit_code_2() throws Exception {
        Run run = run("dataDir=" + directory + "\ntickTime=soon\n");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.output()).contains("zoo.cfg, line 2", "tickTime", "soon").doesNotContain("\tat ");
    }

    @Test
    void a_taken_port_is_told_with_the_remedy_and_exit_code_1() throws Exception {
        try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Run run = run("dataDir=" + directory + "\nclientPort=" + holder.getLocalPort() + "\n");

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.output())
                    .contains("127.0.0.1:" + holder.getLocalPort(), "set another clientPort")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void a_failing_disk_stops_the_server_at_once_with_exit_code_3() throws Exception {
        // The log grows by 4 MiB at a time; of files larger than 2 MiB this process can write nothing.
        Files.writeString(directory.resolve("zoo.cfg"), "dataDir=" + directory + "\nclientPort=0\n");
        Path output = directory.resolve("output");
        String java = String.join(" ", java(List.of(directory.resolve("zoo.cfg").toString())));
        Process process = new ProcessBuilder("bash", "-c", "ulimit -f 2048; exec " + java)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            String line = awaitServing(process, output);
            try (RawClient client = new RawClient(Integer.parseInt(line.replaceAll(".*:(\\d+) .*", "$1")))) {
                assertThatThrownBy(() -> client.openSession(10_000, 0)).isInstanceOf(IOException.class);
            }
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(3);
            assertThat(Files.readString(output)).contains("assent server: stopped: ");
        } finally {
            process.destroyForcibly();
        }
    }

    private static String awaitServing(Process process, Path output) throws IOException, InterruptedException {
        Optional<String> serving = Optional.empty();
        while (serving.isEmpty()) {
            List<String> lines = Files.readAllLines(output);
            assertThat(process.waitFor(20, TimeUnit.MILLISECONDS))
                    .as(() -> String.join("\n", lines))
                    .isFalse();
            serving = lines.stream()
                    .filter(line -> line.matches(".* serving clients on .*:\\d+ .*"))
                    .findFirst();
        }
        return serving.get();
    }

    @Test
    void help_explains_the_exit_codes() throws Exception {
        Run run = runWith(List.of("--help"));

        assertThat(run.exitCode()).isZero();
        assertThat(run.output()).contains("Exit codes", "ASSENT_INSECURE", "zoo.cfg");
    }

    private record Run(int exitCode, String output) {}

    private Run run(String zooCfg) throws IOException, InterruptedException {
        Path file = directory.resolve("zoo.cfg");
        Files.writeString(file, zooCfg);
        return runWith(List.of(file.toString()));
    }

    private Run runWith(List<String> arguments) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(java(arguments))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(120, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertThat(ended).isTrue();
        return new Run(process.exitValue(), Files.readString(output));
    }

    private static List<String> java(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(arguments);
        return command;
    }
}
