package dev.assent.tx.sim.commitpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Random schedules of transactions with commit points; {@code -Dassent.seeds} says how many. */
class PointSwarmTest {
    private static final int RUNS_PER_SEED = 20;

    @Test
    void every_random_schedule_leaves_one_outcome_for_each_transaction() {
        long runs = Long.getLong("assent.seeds", 200L) * RUNS_PER_SEED;
        Map<PointSwarm.Reached, Integer> reached = new EnumMap<>(PointSwarm.Reached.class);
        for (long seed = 0; seed < runs; seed++) {
            runSeed(seed).forEach((what, count) -> reached.merge(what, count, Integer::sum));
        }
        assertThat(reached.keySet()).as("what the schedules reached").contains(PointSwarm.Reached.values());
    }

    @Test
    void the_same_seed_gives_the_same_run() {
        for (long seed = 0; seed < 50; seed++) {
            assertThat(runSeed(seed)).isEqualTo(runSeed(seed));
        }
    }

    private static Map<PointSwarm.Reached, Integer> runSeed(long seed) {
        try {
            return new PointSwarm(PointFlaw.NONE, seed).run();
        } catch (PointViolation | IllegalStateException e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }
}
