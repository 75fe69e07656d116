package dev.assent.tx.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The checks are worth something: every planted bug is noticed, by the crash matrix or by random schedules. */
class PlantedBugsTest {
    private static final long SEEDS_MAX = 60_000;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void a_planted_bug_is_noticed(Flaw flaw) {
        long killedAfter = seedsToKill(flaw);
        boolean killed = killedAfter >= 0 || matrixKills(flaw);
        System.out.printf(
                "planted bug %s: %s%n", flaw, killedAfter >= 0 ? killedAfter + 1 + " seeds to kill" : "matrix only");
        assertThat(killed).as("%s is noticed", flaw).isTrue();
    }

    private static long seedsToKill(Flaw flaw) {
        for (long seed = 0; seed < SEEDS_MAX; seed++) {
            try {
                new SwarmRun(flaw, seed).run();
            } catch (Violation | IllegalStateException e) {
                return seed;
            }
        }
        return -1;
    }

    private static boolean matrixKills(Flaw flaw) {
        for (List<SimResource.Nature> shape : CrashMatrixTest.SHAPES) {
            try {
                CrashMatrixTest.singles(flaw, shape, true);
                CrashMatrixTest.pairs(flaw, shape);
            } catch (AssertionError noticed) {
                return true;
            }
        }
        return false;
    }
}
