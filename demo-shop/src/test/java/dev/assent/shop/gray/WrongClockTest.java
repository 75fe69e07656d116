package dev.assent.shop.gray;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.time.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** By what {@code date} says, of which each run is a process of its own. */
final class WrongClockTest {
    private static final Duration TOLERATED = Duration.ofMinutes(5);

    @TempDir
    private Path directory;

    private Path library;
    private WrongClock clock;

    @BeforeEach
    void compile() throws IOException, InterruptedException {
        Optional<Path> compiled = WrongClock.compileInto(directory);
        if (compiled.isEmpty()) {
            System.err.println("NOT RUN: a clock that is wrong needs a C compiler, and Linux");
        }
        Assumptions.assumeTrue(compiled.isPresent(), "there is no C compiler");
        library = compiled.get();
        clock = new WrongClock(directory.resolve("knobs"));
    }

    /** How far a process's clock is ahead of this one's. */
    private Duration ahead() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(Preloaded.prefix(List.of(library), clock.knobs()));
        command.addAll(List.of("date", "+%s"));
        Process date = new ProcessBuilder(command).start();
        String said = new String(date.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(date.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return Duration.ofSeconds(Long.parseLong(said.strip())).minusMillis(Clock.SYSTEM.epochMillis());
    }

    @Test
    void it_is_ahead_or_behind_by_what_the_knob_says_and_right_without() throws Exception {
        assertThat(ahead()).isBetween(TOLERATED.negated(), TOLERATED);

        clock.put(Duration.ofDays(2));
        assertThat(ahead())
                .isBetween(
                        Duration.ofDays(2).minus(TOLERATED), Duration.ofDays(2).plus(TOLERATED));

        clock.put(Duration.ofHours(-1).minusMillis(1));
        assertThat(ahead())
                .isBetween(
                        Duration.ofHours(-1).minus(TOLERATED),
                        Duration.ofHours(-1).plus(TOLERATED));

        clock.put(Duration.ZERO);
        assertThat(ahead()).isBetween(TOLERATED.negated(), TOLERATED);
    }
}
