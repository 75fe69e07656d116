package dev.assent.saga.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The checks are worth something: every planted bug is noticed. */
class PlantedBugsTest {
    private static final long SEEDS_MAX = 3_000;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void a_planted_bug_is_noticed(Flaw flaw) {
        long killedAfter = seedsToKill(flaw);
        System.out.printf("planted bug %s: %d seeds to kill%n", flaw, killedAfter + 1);
        assertThat(killedAfter).as("%s is noticed", flaw).isNotNegative();
    }

    private static long seedsToKill(Flaw flaw) {
        for (long seed = 0; seed < SEEDS_MAX; seed++) {
            try {
                new SwarmRun(flaw, seed).run();
            } catch (IllegalStateException noticed) {
                System.out.println(noticed.toString().lines().findFirst().orElse(""));
                return seed;
            }
        }
        return -1;
    }
}
