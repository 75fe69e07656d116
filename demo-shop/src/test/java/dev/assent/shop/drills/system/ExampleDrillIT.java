package dev.assent.shop.drills.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.server.FreePorts;
import dev.assent.shop.drills.plan.Catalogue;
import dev.assent.shop.drills.plan.Drill;
import dev.assent.shop.drills.plan.PlantedBug;
import dev.assent.shop.drills.plan.Verdict;
import dev.assent.shop.drills.run.DrillRun;
import dev.assent.shop.drills.run.Result;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The example of the documents, as it stands there: drilled twice, the second time with its planted bug. How long anybody
 * waited is not judged here.
 */
class ExampleDrillIT {
    private static final Path EXAMPLE = Path.of("../docs/drill/drill.yaml");
    private static final Drill DRILL = Catalogue.named("kill-service").orElseThrow();

    @TempDir
    Path work;

    @Test
    void the_example_holds_and_fails_when_what_was_confirmed_is_taken_back_by_hand() throws Exception {
        try (SystemTarget target =
                SystemTarget.of(EXAMPLE, work, new FreePorts(new SplittableRandom())::next, ExampleDrillIT::say)) {
            target.start();
            assertThat(target.lacks(DRILL, Optional.of(PlantedBug.ENDED_BY_GUESS)))
                    .isEmpty();
            assertThat(target.lacks(Catalogue.named("kill-broker").orElseThrow(), Optional.empty()))
                    .contains("the description has no part of kind broker");
            DrillRun run = new DrillRun(target, DrillRun.Pace.BRISK, ExampleDrillIT::say);

            Result green = run.run(DRILL, Optional.empty(), 1, 1);
            Result red = run.run(DRILL, Optional.of(PlantedBug.ENDED_BY_GUESS), 2, 2);

            assertThat(green.wrong()).isEmpty();
            assertThat(green.seen().total().committed()).isPositive();
            assertThat(red.wrong()).extracting(Verdict::reason).anySatisfy(reason -> assertThat(reason)
                    .startsWith("what was confirmed is booked: "));
        }
    }

    private static void say(String progress) {
        System.out.println(progress);
    }
}
