package dev.assent.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real processes, by what they end with. */
class ForegroundTest {
    private @Nullable Process process;

    private Process start(String way) throws IOException {
        Process started = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StoppedProcess.class.getName(),
                        way)
                .redirectErrorStream(true)
                .start();
        process = started;
        return started;
    }

    @AfterEach
    void end() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    private static int exitCode(Process ended) throws InterruptedException {
        assertThat(ended.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return ended.exitValue();
    }

    @Test
    void a_process_that_is_stopped_while_it_starts_ends_as_one_that_serves() throws Exception {
        Process starting = start("for long");
        try (BufferedReader output = starting.inputReader()) {
            assertThat(output.readLine()).isEqualTo(StoppedProcess.READY);
            starting.destroy();

            assertThat(exitCode(starting)).isEqualTo(ExitCode.OK);
        }
    }

    @Test
    void a_start_that_fails_as_it_is_stopped_is_no_failure() throws Exception {
        Process starting = start(StoppedProcess.CLOSES);
        try (BufferedReader output = starting.inputReader()) {
            assertThat(output.readLine()).isEqualTo(StoppedProcess.READY);
            assertThat(output.readLine()).isEqualTo(StoppedProcess.CLOSES);
            starting.destroy();

            assertThat(exitCode(starting)).isEqualTo(ExitCode.OK);
        }
    }

    @ParameterizedTest
    @CsvSource({"settings,2", "away,1", "error,1", "error beside others,1", "served,3"})
    void a_process_that_fails_ends_with_what_it_failed_of(String way, int code) throws Exception {
        assertThat(exitCode(start(way))).isEqualTo(code);
    }
}
