package dev.assent.tx.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.protocol.twophase.LoneBranch;
import dev.assent.tx.sim.SimResource.Nature;
import dev.assent.tx.spec.TraceCheck;
import dev.assent.tx.spec.TraceEvent;
import dev.assent.tx.spec.Traces;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of the production machines, cut at every moment, are behaviours of the specification; forged ones are not. */
class TwoPhaseTraceTest {
    private static final List<List<Nature>> SHAPES = List.of(
            List.of(Nature.WRITER, Nature.WRITER),
            List.of(Nature.WRITER, Nature.READER),
            List.of(Nature.READER, Nature.READER),
            List.of(Nature.WRITER, Nature.REFUSER));

    /** What an operator does to a branch by hand is outside of the protocol. */
    private static final Set<CrashMatrix.Fault> BY_HAND =
            Set.of(CrashMatrix.Fault.ROLLED_BACK_BY_HAND, CrashMatrix.Fault.COMMITTED_BY_HAND);

    private static final List<Flaw> BUGS = List.of(
            Flaw.COMMITS_BEFORE_THE_RECORD,
            Flaw.TAKES_ANY_RECORD_FOR_COMMIT,
            Flaw.ROLLS_BACK_WHEN_FENCED_AND_ABSENT,
            Flaw.CHECKS_NO_EPOCH);

    @Test
    void runs_are_behaviours_of_the_specification_and_forged_and_faulty_ones_are_not(@TempDir Path directory)
            throws Exception {
        Set<List<TraceEvent>> runs = runs(Flaw.NONE, SHAPES);
        assertThat(runs).hasSizeGreaterThan(100);
        TraceCheck check = new TraceCheck("TwoPhaseCommitTrace", runs)
                .forged(run -> Traces.without(run, "create"))
                .forged(run -> Traces.without(run, "voted"))
                .forged(run -> Traces.without(run, "prepare"))
                .forged(run -> Traces.without(run, "read"))
                .forged(run ->
                        Traces.place(run, "fence") < Traces.place(run, "rollback") ? Traces.without(run, "fence") : run)
                .forged(run -> Traces.replaced(run, "tellCommit", "tellRollback"))
                .forged(run -> Traces.replaced(run, "commit", "rollback"))
                .forged(run -> Traces.swapped(run, "sendCreate"));
        for (Flaw bug : BUGS) {
            check.faulty(bug.name(), runs(bug, SHAPES.subList(0, 1)));
        }

        check.check(directory);
    }

    /** All that differ, of a transaction of each shape with each fault at each moment. */
    private static Set<List<TraceEvent>> runs(Flaw flaw, List<List<Nature>> shapes) {
        Set<List<TraceEvent>> runs = new LinkedHashSet<>();
        for (List<Nature> shape : shapes) {
            int moments = new CrashMatrix(Flaw.NONE, shape, LoneBranch.WITH_RECORD).run(true, List.of());
            runs.add(run(flaw, shape, List.of()));
            for (int moment = 0; moment < moments; moment++) {
                for (CrashMatrix.Fault fault : CrashMatrix.Fault.values()) {
                    if (!BY_HAND.contains(fault)) {
                        runs.add(run(flaw, shape, List.of(new CrashMatrix.Cut(moment, fault))));
                    }
                }
            }
        }
        return runs;
    }

    private static List<TraceEvent> run(Flaw flaw, List<Nature> shape, List<CrashMatrix.Cut> cuts) {
        CrashMatrix matrix = new CrashMatrix(flaw, shape, LoneBranch.WITH_RECORD);
        try {
            int unused = matrix.run(true, cuts);
        } catch (Violation | IllegalStateException noticed) {
            assertThat(flaw).as("%s: %s", cuts, noticed.getMessage()).isNotEqualTo(Flaw.NONE);
        }
        return matrix.trace();
    }
}
