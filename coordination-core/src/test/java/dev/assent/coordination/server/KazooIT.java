package dev.assent.coordination.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Python client, where Python has it: znodes, transactions, watches, its recipes, and the words that it needs. */
final class KazooIT {
    private static final String SCRIPT = "kazoo-client.py";
    private static final List<String> PYTHONS = List.of("python3", "/usr/bin/python3");
    private static final int SECONDS_MAX = 180;

    @TempDir
    Path directory;

    @Test
    void the_python_client_finds_what_it_expects() throws Exception {
        Optional<String> python = pythonWithKazoo();
        if (python.isEmpty()) {
            System.err.printf(
                    "NOT TESTED: the Python client. None of %s has kazoo (on Debian: apt-get install python3-kazoo)%n",
                    PYTHONS);
        }
        Assumptions.assumeTrue(python.isPresent(), "there is no kazoo here");
        Path script = directory.resolve(SCRIPT);
        try (InputStream in = Objects.requireNonNull(KazooIT.class.getResourceAsStream("/" + SCRIPT))) {
            Files.copy(in, script);
        }
        Path servers = directory.resolve("servers");
        try (TestEnsemble ensemble = TestEnsemble.start(servers, 3, 0, "4lw.commands.whitelist=*\n")) {
            assertThat(run(python.get(), script.toString(), ensemble.connect())).endsWith("kazoo ok\n");
        }
    }

    private Optional<String> pythonWithKazoo() throws Exception {
        for (String python : PYTHONS) {
            if (run(python, "-c", "import kazoo; print('here')").equals("here\n")) {
                return Optional.of(python);
            }
        }
        return Optional.empty();
    }

    /** What it prints, its complaints included; the system's if it cannot be run. */
    private String run(String... command) throws Exception {
        Path said = directory.resolve("said");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
        Process process;
        try {
            process = builder.start();
        } catch (IOException absent) {
            return String.valueOf(absent.getMessage());
        }
        if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return Files.readString(said) + (process.isAlive() ? "and has not ended" : "");
    }
}
