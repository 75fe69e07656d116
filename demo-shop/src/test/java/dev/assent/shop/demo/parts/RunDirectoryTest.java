package dev.assent.shop.demo.parts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {
    @TempDir
    private Path run;

    @BeforeEach
    void fill() throws IOException {
        Files.createDirectories(run.resolve("postgres/bin"));
        Files.writeString(run.resolve("postgres/bin/initdb"), "a program");
        Files.createSymbolicLink(run.resolve("postgres/bin/link"), run.resolve("postgres/bin/initdb"));
        Files.createDirectories(run.resolve("node-1/data/version-2"));
        Files.writeString(run.resolve("node-1/data/version-2/log.1"), "a transaction log");
        Files.writeString(run.resolve("node-1/node-1.log"), "what happened");
    }

    @Test
    void of_a_temporary_directory_the_logs_stay() throws IOException {
        new RunDirectory(run, true).shrink();

        assertThat(run.resolve("postgres")).doesNotExist();
        assertThat(run.resolve("node-1/data")).doesNotExist();
        assertThat(run.resolve("node-1/node-1.log")).hasContent("what happened");
    }

    @Test
    void a_directory_that_was_asked_for_stays_as_it_is() throws IOException {
        new RunDirectory(run, false).shrink();

        assertThat(run.resolve("postgres/bin/initdb")).exists();
        assertThat(run.resolve("node-1/data/version-2/log.1")).exists();
    }
}
