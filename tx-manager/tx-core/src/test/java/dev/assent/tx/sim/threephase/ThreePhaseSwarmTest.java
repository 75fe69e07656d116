package dev.assent.tx.sim.threephase;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Random schedules of three-phase commit; {@code -Dassent.seeds} says how many. */
class ThreePhaseSwarmTest {
    private static final int RUNS_PER_SEED = 20;

    @Test
    void every_random_schedule_has_one_decision_and_a_majority_never_blocks() {
        long runs = Long.getLong("assent.seeds", 200L) * RUNS_PER_SEED;
        Map<World.Reached, Integer> reached = new EnumMap<>(World.Reached.class);
        for (long seed = 0; seed < runs; seed++) {
            runSeed(seed).forEach((what, count) -> reached.merge(what, count, Integer::sum));
        }
        assertThat(reached.keySet()).as("what the schedules reached").contains(World.Reached.values());
    }

    @Test
    void the_same_seed_gives_the_same_run() {
        for (long seed = 0; seed < 50; seed++) {
            assertThat(runSeed(seed)).isEqualTo(runSeed(seed));
        }
    }

    static Map<World.Reached, Integer> runSeed(long seed) {
        try {
            return new ThreePhaseRun(PaxosFlaw.NONE, seed).run();
        } catch (Truth.BrokenRule | IllegalStateException e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }
}
