package dev.assent.coordination.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.sim.Simulation.Failed;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The checks see every bug of {@link PlantedBug} within a bounded number of seeds; else they would prove nothing. */
class PlantedBugsTest {
    private static final int SEEDS_MAX = 400;

    @ParameterizedTest
    @EnumSource(value = PlantedBug.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void a_planted_bug_is_found(PlantedBug bug) {
        String found = "";
        int seed = 0;
        while (found.isEmpty() && seed < SEEDS_MAX) {
            seed++;
            found = failureOf(seed, bug);
        }

        System.out.printf(
                "%s found by seed %d: %s%n",
                bug, seed, found.lines().findFirst().orElse("not"));
        assertThat(found).as("%s is not seen in %d seeds", bug, SEEDS_MAX).isNotEmpty();
    }

    private static String failureOf(long seed, PlantedBug bug) {
        try {
            new Simulation(seed, bug).run();
            return "";
        } catch (Failed e) {
            return String.valueOf(e.getMessage());
        }
    }
}
