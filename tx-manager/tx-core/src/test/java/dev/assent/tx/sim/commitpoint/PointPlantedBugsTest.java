package dev.assent.tx.sim.commitpoint;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The checks are worth something: every clause of the commit point, dropped, is noticed by random schedules. */
class PointPlantedBugsTest {
    private static final long SEEDS_MAX = 60_000;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void a_planted_bug_is_noticed(PointFlaw flaw) {
        long killedAfter = seedsToKill(flaw);
        System.out.printf("planted bug %s: %d seeds to kill%n", flaw, killedAfter + 1);
        assertThat(killedAfter).as("%s is noticed", flaw).isNotNegative();
    }

    private static long seedsToKill(PointFlaw flaw) {
        for (long seed = 0; seed < SEEDS_MAX; seed++) {
            try {
                new PointSwarm(flaw, seed).run();
            } catch (PointViolation | IllegalStateException e) {
                return seed;
            }
        }
        return -1;
    }
}
