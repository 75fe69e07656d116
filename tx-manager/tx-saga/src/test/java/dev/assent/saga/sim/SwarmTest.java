package dev.assent.saga.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.saga.model.SagaOutcome;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Random schedules: whatever dies, stalls, gets lost or comes late, every saga is completed or compensated, in order. */
class SwarmTest {
    private static final int SEEDS = 2 * Integer.getInteger("assent.seeds", 200);

    @Test
    void every_saga_ends_and_its_steps_are_all_done_or_all_undone() {
        Map<String, Integer> reached = new TreeMap<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            SimRun run = new SwarmRun(Flaw.NONE, seed).run().surroundings();
            run.started.forEach(saga -> reached.merge(run.audit.outcome(saga).name(), 1, Integer::sum));
            for (String event : new String[] {"claimed", "dies", "stands still", "the store is away", "StepTroubled"}) {
                if (run.world.story().contains(event)) {
                    reached.merge(event, 1, Integer::sum);
                }
            }
        }
        System.out.println("sagas: " + reached);
        assertThat(reached)
                .as("what the schedules reach")
                .containsKeys(
                        SagaOutcome.COMPLETED.name(),
                        SagaOutcome.COMPENSATED.name(),
                        "claimed",
                        "dies",
                        "stands still",
                        "the store is away",
                        "StepTroubled");
    }

    @Test
    void a_seed_gives_the_same_run_again() {
        for (long seed = 0; seed < 10; seed++) {
            assertThat(new SwarmRun(Flaw.NONE, seed).run().surroundings().world.story())
                    .isEqualTo(new SwarmRun(Flaw.NONE, seed)
                            .run()
                            .surroundings()
                            .world
                            .story());
        }
    }
}
