package dev.assent.shop.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A round of each, with real processes and default settings. The bounds are below what waiting for a session to end would
 * take, 4 s and more, and above what a busy machine may add; {@code ./assent torture takeover} has those that count.
 */
class TakeoverIT {
    private static final Duration PAUSE_MAX = Duration.ofMillis(3_500);

    @TempDir
    Path directory;

    @Test
    void callers_go_on_before_the_dead_nodes_session_is_over_and_hear_the_truth() throws Exception {
        Takeovers.Result result = new Takeovers(directory, System.out).run(1, 1);

        assertThat(result.kills()).hasSize(1).allSatisfy(pause -> assertThat(pause)
                .isLessThan(PAUSE_MAX));
        assertThat(result.freezes()).hasSize(1).allSatisfy(pause -> assertThat(pause)
                .isLessThan(PAUSE_MAX));
        assertThat(result.lies()).isEmpty();
        assertThat(result.unknown()).isZero();
        assertThat(result.prepared()).isZero();
    }
}
