package dev.assent.coordination.server.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sessions under gray failures, on the production's peer and store; and that the simulation would see it break. */
class SessionSimulationTest {
    private static final int BUG_SEEDS_MAX = 200;

    private static int seeds() {
        return Integer.getInteger("assent.seeds", 100);
    }

    @Test
    void no_session_ends_within_its_time_out_after_a_ping_that_was_answered() {
        long ended = 0;
        long moves = 0;
        for (long seed = 1; seed <= seeds(); seed++) {
            SessionSimulation.Report report = new SessionSimulation(seed, SessionBug.NONE).run();
            ended += report.sessionsEnded();
            moves += report.moves();
        }

        assertThat(ended).as("sessions of clients that died").isGreaterThan(seeds());
        assertThat(moves).as("clients that had to move").isGreaterThan(seeds());
    }

    @Test
    void a_seed_always_gives_the_same_run() {
        assertThat(new SessionSimulation(7, SessionBug.NONE).run())
                .isEqualTo(new SessionSimulation(7, SessionBug.NONE).run());
    }

    @ParameterizedTest
    @EnumSource(value = SessionBug.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void a_planted_bug_is_found(SessionBug bug) {
        String found = "";
        int seed = 0;
        while (found.isEmpty() && seed < BUG_SEEDS_MAX) {
            seed++;
            found = failureOf(seed, bug);
        }

        System.out.printf("%s found by %s%n", bug, found.isEmpty() ? "nothing" : found);
        assertThat(found).as("%s is not seen in %d seeds", bug, BUG_SEEDS_MAX).isNotEmpty();
    }

    private static String failureOf(long seed, SessionBug bug) {
        try {
            new SessionSimulation(seed, bug).run();
            return "";
        } catch (SessionSimulation.Broken e) {
            return String.valueOf(e.getMessage());
        }
    }
}
