package dev.assent.shop.drills.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.shop.drills.system.SystemDescription.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a description's commands cost, whatever they do. */
@Timeout(240)
final class ShellTest {
    /** For a shell to begin something and to say so; it would take longer by far to end by itself. */
    private static final Duration BRIEF = Duration.ofSeconds(3);

    @TempDir
    Path directory;

    private Command command(String text, Duration within) {
        return new Command(List.of("sh", "-c", text), within);
    }

    @Test
    void a_command_that_prints_too_much_has_failed_and_is_not_taken_into_memory() {
        Command endless = command("head -c 1000000 /dev/zero | tr '\\0' x", Duration.ofSeconds(30));

        assertThatThrownBy(() -> new Shell(directory).run(endless))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("printed more than " + Shell.OUTPUT_BYTES_MAX);
    }

    @Test
    void what_a_late_command_has_started_ends_with_it() throws Exception {
        Path pid = directory.resolve("pid");
        Command late = command("sleep 55 & echo $! > '" + pid + "'; wait", BRIEF);

        assertThatThrownBy(() -> new Shell(directory).run(late)).hasMessageContaining("did not end within");

        long child = Long.parseLong(Files.readString(pid).strip());
        CompletableFuture<?> ended = ProcessHandle.of(child)
                .<CompletableFuture<?>>map(ProcessHandle::onExit)
                .orElseGet(() -> CompletableFuture.completedFuture(null));
        assertThat(ended).succeedsWithin(40, TimeUnit.SECONDS);
    }
}
