package dev.assent.shop.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.shop.platform.ChildProcess;
import dev.assent.shop.platform.JavaCommand;
import dev.assent.shop.platform.Processes;
import dev.assent.shop.platform.Processes.Tier;
import dev.assent.tx.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessesIT {
    private static final Duration START_TIMEOUT = Duration.ofMinutes(2);

    private final Processes processes = new Processes();

    @Test
    void users_end_before_what_they_use(@TempDir Path home) throws Exception {
        Path seen = home.resolve("seen");
        ChildProcess database = start(Tier.PLATFORM, "database", home, "echo ready; exec sleep 60");
        ChildProcess service = start(
                Tier.SERVICES,
                "service",
                home,
                "trap 'kill -0 " + database.pid() + " && echo served to the end >" + seen + "; exit' TERM;"
                        + " echo ready; while :; do sleep 0.05; done");

        processes.close();

        assertThat(service.isAlive()).isFalse();
        assertThat(database.isAlive()).isFalse();
        assertThat(seen).hasContent("served to the end");
    }

    @Test
    void nothing_starts_once_the_end_has_begun(@TempDir Path home) {
        processes.close();

        assertThatThrownBy(() -> start(Tier.NODES, "late", home, "echo ready; exec sleep 60"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("late is not started");
    }

    @Test
    void a_shop_that_runs_has_every_flow_and_a_signal_to_everything_ends_it_from_the_users_on(@TempDir Path run)
            throws Exception {
        ChildProcess demo = ChildProcess.start(
                "demo",
                JavaCommand.of(Main.class, "-Xmx256m")
                        .with("--directory", run.resolve("shop").toString())
                        .words(),
                run,
                run.resolve("demo.log"),
                Pattern.compile("committed [1-9]"));
        try {
            demo.awaitReady(Duration.ofMinutes(8));
            List<ProcessHandle> parts = demo.descendants();
            assertThat(parts).hasSizeGreaterThanOrEqualTo(10);

            new ShopFlows(run.resolve("shop"), Files.readString(run.resolve("demo.log"))).all();

            // To the whole group, as a terminal does it; of Ctrl-C's own signal a test in the background is deaf.
            int sent = new ProcessBuilder("kill", "-TERM", "--", "-" + demo.pid())
                    .inheritIO()
                    .start()
                    .waitFor();

            assertThat(sent).isZero();
            assertThat(demo.awaitEnd(Duration.ofMinutes(2))).isEqualTo(128 + 15);
            // What a part had begun itself, a server's connection say, ends a moment after it, as nobody's child.
            Eventually.soon("every part is gone", () -> parts.stream().noneMatch(ProcessHandle::isAlive));
            assertThat(Files.readString(run.resolve("demo.log")))
                    .contains("stopping everything")
                    .doesNotContain("assent demo:")
                    .doesNotContain("could not");
        } finally {
            demo.close();
        }
    }

    /** The script says "ready" when what it must not miss can come. */
    private ChildProcess start(Tier tier, String name, Path home, String script)
            throws IOException, InterruptedException {
        List<String> command = List.of("sh", "-c", script);
        ChildProcess started =
                processes.of(tier).start(name, command, home, home.resolve(name + ".log"), Pattern.compile("ready"));
        started.awaitReady(START_TIMEOUT);
        return started;
    }
}
