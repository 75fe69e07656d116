package dev.assent.tx.sim.threephase;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The checks are worth something: every planted bug is noticed by some schedule, and each rule has two at least. */
class ThreePhasePlantedBugsTest {
    private static final List<Consumer<PaxosFlaw>> SCRIPTS =
            List.of(Scripts::proposerRestarts, Scripts::acceptorsRestartAfterTheirPromise);

    private static final long SEEDS_MAX = 4_000;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void a_planted_bug_is_noticed(PaxosFlaw flaw) {
        String noticed = byScript(flaw).or(() -> bySeeds(flaw)).orElse("");
        System.out.printf("planted bug %s: %s%n", flaw, noticed);
        assertThat(noticed).as("%s is noticed", flaw).isNotEmpty();
    }

    private static Optional<String> bySeeds(PaxosFlaw flaw) {
        for (long seed = 0; seed < SEEDS_MAX; seed++) {
            try {
                new ThreePhaseRun(flaw, seed).run();
            } catch (Truth.BrokenRule | IllegalStateException noticed) {
                return Optional.of((seed + 1) + " seeds to kill: " + noticed.getMessage());
            }
        }
        return Optional.empty();
    }

    private static Optional<String> byScript(PaxosFlaw flaw) {
        for (Consumer<PaxosFlaw> script : SCRIPTS) {
            try {
                script.accept(flaw);
            } catch (Truth.BrokenRule | IllegalStateException noticed) {
                return Optional.of("a script: " + noticed.getMessage());
            }
        }
        return Optional.empty();
    }

    @Test
    void the_scripts_end_well_without_a_bug() {
        assertThat(byScript(PaxosFlaw.NONE)).isEmpty();
    }

    @Test
    void each_rule_has_two_planted_bugs() {
        assertThat(Arrays.stream(PaxosFlaw.values())
                        .filter(flaw -> flaw != PaxosFlaw.NONE)
                        .collect(Collectors.groupingBy(PaxosFlaw::rule, Collectors.counting()))
                        .values())
                .allMatch(count -> count >= 2)
                .hasSize(PaxosFlaw.Rule.values().length - 1);
    }
}
