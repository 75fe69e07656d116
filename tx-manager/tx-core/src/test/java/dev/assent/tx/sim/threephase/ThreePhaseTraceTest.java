package dev.assent.tx.sim.threephase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.sim.threephase.SimProcess.Nature;
import dev.assent.tx.sim.threephase.ThreePhaseCuts.Cut;
import dev.assent.tx.sim.threephase.ThreePhaseCuts.Fault;
import dev.assent.tx.spec.TraceCheck;
import dev.assent.tx.spec.TraceEvent;
import dev.assent.tx.spec.Traces;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs of the production machines (coordinator, proposers, registers), struck at every moment, are behaviours of the
 * specification; forged ones are not, nor are those of machines with known bugs.
 */
class ThreePhaseTraceTest {
    private static final List<List<Nature>> SHAPES = List.of(
            List.of(Nature.WRITER, Nature.WRITER, Nature.WRITER),
            List.of(Nature.WRITER, Nature.READER, Nature.REFUSER));

    /** Of those with a bug one in so many is enough. */
    private static final int SAMPLED = 2;

    private static final List<PaxosFlaw> BUGS = List.of(
            PaxosFlaw.A_MINORITY_DECIDES,
            PaxosFlaw.TAKES_SILENCE_FOR_A_YES,
            PaxosFlaw.PRE_COMMITS_AFTER_ABORT,
            PaxosFlaw.PROMISES_WITHOUT_WHAT_WAS_ACCEPTED,
            PaxosFlaw.ROLLS_BACK_ON_SUSPICION,
            PaxosFlaw.ENDS_BY_THE_TEXTBOOK);

    @Test
    void runs_are_behaviours_of_the_specification_and_forged_and_faulty_ones_are_not(@TempDir Path directory)
            throws Exception {
        Set<List<TraceEvent>> runs = new LinkedHashSet<>();
        SHAPES.forEach(shape -> runs.addAll(runs(PaxosFlaw.NONE, shape)));
        assertThat(runs).hasSizeGreaterThan(100);
        assertThat(runs).as("some in which others terminate").anyMatch(run -> Traces.place(run, "promise") >= 0);
        TraceCheck check = new TraceCheck("ThreePhaseCommitTrace", runs)
                .forged(run -> Traces.without(run, "prepare"))
                .forged(run -> Traces.without(run, "voted"))
                .forged(run -> Traces.without(run, "propose"))
                .forged(run -> Traces.swapped(run, "propose"))
                .forged(run -> Traces.replaced(run, "tellCommit", "tellRollback"))
                .forged(run -> Traces.replaced(run, "commit", "rollback"))
                .forged(run -> Traces.replaced(run, "accept", "promise"));
        for (PaxosFlaw bug : BUGS) {
            check.faulty(bug.name(), runs(bug, SHAPES.get(0)));
        }

        check.check(directory);
    }

    /** All that differ, with each fault at each moment, at one process after another, and a suspicion afterwards. */
    private static Set<List<TraceEvent>> runs(PaxosFlaw flaw, List<Nature> shape) {
        Set<List<TraceEvent>> runs = new LinkedHashSet<>();
        int moments = new ThreePhaseCuts(PaxosFlaw.NONE, shape).run(List.of());
        runs.add(run(flaw, shape, List.of()));
        for (int moment = 0; moment < moments; moment += flaw == PaxosFlaw.NONE ? 1 : SAMPLED) {
            int faults = 0;
            for (Fault fault : Fault.values()) {
                int at = (moment + faults++) % (shape.size() + 2);
                Cut suspicion = new Cut(moment + 2, moment % shape.size(), Fault.SUSPECTS);
                runs.add(run(flaw, shape, List.of(new Cut(moment, at, fault), suspicion)));
            }
        }
        return runs;
    }

    private static List<TraceEvent> run(PaxosFlaw flaw, List<Nature> shape, List<Cut> cuts) {
        ThreePhaseCuts one = new ThreePhaseCuts(flaw, shape);
        try {
            int unused = one.run(cuts);
        } catch (AssertionError noticed) {
            assertThat(flaw).as("%s: %s", cuts, noticed.getMessage()).isNotEqualTo(PaxosFlaw.NONE);
        }
        return one.trace();
    }
}
