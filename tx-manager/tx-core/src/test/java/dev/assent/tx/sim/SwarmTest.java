package dev.assent.tx.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Random schedules of transactions, zombies, recoverers and deletions; {@code -Dassent.seeds} says how many. */
class SwarmTest {
    private static final int RUNS_PER_SEED = 50;

    @Test
    void every_random_schedule_leaves_one_outcome_for_each_transaction() {
        long runs = Long.getLong("assent.seeds", 200L) * RUNS_PER_SEED;
        Map<SwarmRun.Reached, Integer> reached = new EnumMap<>(SwarmRun.Reached.class);
        for (long seed = 0; seed < runs; seed++) {
            runSeed(seed).forEach((what, count) -> reached.merge(what, count, Integer::sum));
        }
        assertThat(reached.keySet()).as("what the schedules reached").contains(SwarmRun.Reached.values());
    }

    @Test
    void the_same_seed_gives_the_same_run() {
        for (long seed = 0; seed < 50; seed++) {
            assertThat(runSeed(seed)).isEqualTo(runSeed(seed));
        }
    }

    private static Map<SwarmRun.Reached, Integer> runSeed(long seed) {
        try {
            return new SwarmRun(Flaw.NONE, seed).run();
        } catch (Violation | IllegalStateException e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }
}
