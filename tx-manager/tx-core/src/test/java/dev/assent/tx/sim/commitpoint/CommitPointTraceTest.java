package dev.assent.tx.sim.commitpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.sim.commitpoint.SimDatabase.Nature;
import dev.assent.tx.spec.TraceCheck;
import dev.assent.tx.spec.TraceEvent;
import dev.assent.tx.spec.Traces;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of the production machine, cut at every moment, are behaviours of the specification; forged ones are not. */
class CommitPointTraceTest {
    private static final List<List<Nature>> SHAPES = List.of(
            List.of(Nature.WRITER, Nature.WRITER, Nature.WRITER),
            List.of(Nature.WRITER, Nature.WRITER, Nature.REFUSER),
            List.of(Nature.REFUSER, Nature.WRITER, Nature.WRITER),
            List.of(Nature.SEEMING_WRITER, Nature.WRITER, Nature.WRITER));

    private static final List<PointFlaw> BUGS = List.of(
            PointFlaw.COMMITS_OTHERS_BEFORE_THE_POINT,
            PointFlaw.TAKES_A_LOST_ANSWER_FOR_ABORT,
            PointFlaw.TAKES_A_LOST_VOTE_FOR_A_YES,
            PointFlaw.TELLS_ROLLED_BACK_IN_A_FENCED_EPOCH,
            PointFlaw.COORDINATOR_DELETES_EARLY);

    @Test
    void runs_are_behaviours_of_the_specification_and_forged_and_faulty_ones_are_not(@TempDir Path directory)
            throws Exception {
        Set<List<TraceEvent>> runs = runs(PointFlaw.NONE, SHAPES);
        assertThat(runs).hasSizeGreaterThan(60);
        TraceCheck check = new TraceCheck("CommitPointTrace", runs)
                .forged(run -> Traces.without(run, "through"))
                .forged(run -> Traces.without(run, "assign"))
                .forged(run -> Traces.without(run, "voted"))
                .forged(run -> Traces.without(run, "findOut"))
                .forged(run -> Traces.without(run, "look"))
                .forged(run -> Traces.replaced(run, "commit", "rollback"))
                .forged(run -> Traces.replaced(run, "tellCommit", "tellRollback"))
                .forged(run -> Traces.swapped(run, "decide"));
        for (PointFlaw bug : BUGS) {
            check.faulty(bug.name(), runs(bug, SHAPES.subList(0, 1)));
        }

        check.check(directory);
    }

    /** All that differ, of a transaction of each shape with each fault at each moment. */
    private static Set<List<TraceEvent>> runs(PointFlaw flaw, List<List<Nature>> shapes) {
        Set<List<TraceEvent>> runs = new LinkedHashSet<>();
        for (List<Nature> shape : shapes) {
            int moments = new PointCrashMatrix(PointFlaw.NONE, shape).run(List.of());
            runs.add(run(flaw, shape, List.of()));
            for (int moment = 0; moment < moments; moment++) {
                for (PointCrashMatrix.Fault fault : PointCrashMatrix.Fault.values()) {
                    runs.add(run(flaw, shape, List.of(new PointCrashMatrix.Cut(moment, fault))));
                }
            }
        }
        return runs;
    }

    private static List<TraceEvent> run(PointFlaw flaw, List<Nature> shape, List<PointCrashMatrix.Cut> cuts) {
        PointCrashMatrix matrix = new PointCrashMatrix(flaw, shape);
        try {
            int unused = matrix.run(cuts);
        } catch (PointViolation | IllegalStateException noticed) {
            assertThat(flaw).as("%s: %s", cuts, noticed.getMessage()).isNotEqualTo(PointFlaw.NONE);
        }
        return matrix.trace();
    }
}
