package dev.assent.shop.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.shop.gray.Databases;
import dev.assent.shop.gray.Told;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A round of each, then a restart of all nodes, with real processes. Sessions are longer than by default, so that the bounds
 * are below what waiting for a session to end would take, and far above what a busy machine may add;
 * {@code ./assent torture takeover} has those that count, with default settings.
 */
class TakeoverIT {
    private static final int SESSION_SECONDS = 15;
    private static final Duration PAUSE_MAX = Duration.ofSeconds(SESSION_SECONDS - 3);
    private static final List<String> SETTINGS = List.of("coordination.sessionTimeout=" + SESSION_SECONDS + "s");

    @TempDir
    Path directory;

    @Test
    void callers_go_on_before_the_dead_nodes_session_is_over_and_a_rolling_restart_fails_nothing() throws Exception {
        Takeovers takeovers = new Takeovers(directory, System.out);
        try (Fleet fleet = Fleet.in(directory, SETTINGS, TakeoverIT::say)) {
            Databases databases = fleet.start();
            try (Customers customers = Customers.start(fleet.targets(), databases)) {
                List<Duration> kills = takeovers.rounds(Takeovers.Fault.KILL, 1, fleet, customers);
                List<Duration> freezes = takeovers.rounds(Takeovers.Fault.FREEZE, 1, fleet, customers);
                Rolling.Result rolled = new Rolling(directory, System.out).run(1, fleet, databases, customers);

                assertThat(kills).hasSize(1).allSatisfy(pause -> assertThat(pause)
                        .isLessThan(PAUSE_MAX));
                assertThat(freezes).hasSize(1).allSatisfy(pause -> assertThat(pause)
                        .isLessThan(PAUSE_MAX));
                assertThat(rolled.committed()).isPositive();
                // Where processors are scarce a node may be taken for dead: a retry for each caller, and nothing else.
                assertThat(rolled.failed()).isLessThanOrEqualTo((long) Customers.CALLERS * rolled.suspicions());
                assertThat(rolled.unknown()).isZero();
                assertThat(rolled.lies()).isEmpty();
                assertThat(rolled.prepared()).isZero();
                assertThat(rolled.spread()).isTrue();
                assertThat(rolled.stopped()).isTrue();
                assertThat(customers.counts()).doesNotContainKey(Told.UNKNOWN);
            }
        }
    }

    private static void say(String progress) {
        System.out.println(progress);
    }
}
