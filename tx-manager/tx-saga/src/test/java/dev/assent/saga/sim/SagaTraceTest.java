package dev.assent.saga.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.spec.TraceCheck;
import dev.assent.tx.spec.TraceEvent;
import dev.assent.tx.spec.Traces;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs of the production executors, each of which dies or stands still at every effect, are behaviours of the
 * specification; forged ones are not, nor are those of executors, logs and services with known bugs.
 */
class SagaTraceTest {
    private static final List<List<String>> SHAPE = List.of(List.of("order"), List.of("stock"), List.of("pay"));
    private static final List<String> REFUSED = List.of("none", "stock", "pay");

    /** Of those with a bug one in so many is enough. */
    private static final int SAMPLED = 3;

    private static final List<Flaw> BUGS = List.of(
            Flaw.NO_FENCE_ON_APPEND,
            Flaw.STALE_READ_AFTER_CLAIM,
            Flaw.UNANSWERED_IS_NOT_COMPENSATED,
            Flaw.COMPENSATES_FORWARD,
            Flaw.DONE_WHEN_CALLED,
            Flaw.ACKNOWLEDGED_BEFORE_DURABLE);

    @Test
    void runs_are_behaviours_of_the_specification_and_forged_and_faulty_ones_are_not(@TempDir Path directory)
            throws Exception {
        Set<List<TraceEvent>> runs = new LinkedHashSet<>();
        REFUSED.forEach(refused -> runs.addAll(runs(refused, Flaw.NONE)));
        assertThat(runs).hasSizeGreaterThan(60);
        assertThat(runs).as("some that others take over").anyMatch(run -> Traces.place(run, "claim") >= 0);
        TraceCheck check = new TraceCheck("SagaStepsTrace", runs)
                .forged(run -> Traces.without(run, "act"))
                .forged(run -> Traces.without(run, "done"))
                .forged(run -> Traces.without(run, "claim"))
                .forged(run -> Traces.without(run, "turnBack"))
                .forged(run -> Traces.without(run, "compensate"))
                .forged(run -> Traces.replaced(run, "callAction", "callCompensation"))
                .forged(run -> Traces.swapped(run, "done"))
                .forged(run -> Traces.swapped(run, "ended"));
        for (Flaw bug : BUGS) {
            check.faulty(bug.name(), runs("pay", bug));
        }

        check.check(directory);
    }

    /** All that differ. */
    private static Set<List<TraceEvent>> runs(String refused, Flaw flaw) {
        Set<List<TraceEvent>> runs = new LinkedHashSet<>();
        int effects = new SagaCuts(SHAPE, refused, Flaw.NONE)
                .dies(SagaCuts.NEVER, SagaCuts.NEVER)
                .processes
                .get(0)
                .effects();
        for (int effect = 1; effect <= effects; effect += flaw == Flaw.NONE ? 1 : SAMPLED) {
            int at = effect;
            runs.add(trace(refused, flaw, cuts -> cuts.dies(at, SagaCuts.NEVER)));
            runs.add(trace(refused, flaw, cuts -> cuts.standsStill(at)));
            if (flaw == Flaw.NONE) {
                runs.add(trace(refused, flaw, cuts -> cuts.dies(at, 20 + at)));
            }
        }
        return runs;
    }

    private static List<TraceEvent> trace(String refused, Flaw flaw, Function<SagaCuts, SimRun> how) {
        SagaCuts cuts = new SagaCuts(SHAPE, refused, flaw);
        try {
            SimRun unused = how.apply(cuts);
        } catch (Violation | IllegalStateException noticed) {
            assertThat(flaw).as(noticed.getMessage()).isNotEqualTo(Flaw.NONE);
        }
        return cuts.trace();
    }
}
