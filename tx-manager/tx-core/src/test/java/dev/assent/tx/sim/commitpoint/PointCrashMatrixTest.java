package dev.assent.tx.sim.commitpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.model.Outcome;
import dev.assent.tx.sim.commitpoint.PointCrashMatrix.Cut;
import dev.assent.tx.sim.commitpoint.PointCrashMatrix.Fault;
import dev.assent.tx.sim.commitpoint.SimDatabase.Nature;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every shape of transaction, the commit point first, cut at every step by every fault, alone and in pairs. */
class PointCrashMatrixTest {
    private static final List<List<Nature>> SHAPES = List.of(
            List.of(Nature.WRITER),
            List.of(Nature.WRITER, Nature.WRITER),
            List.of(Nature.READER, Nature.WRITER),
            List.of(Nature.WRITER, Nature.READER),
            List.of(Nature.READER, Nature.READER),
            List.of(Nature.REFUSER, Nature.WRITER),
            List.of(Nature.WRITER, Nature.REFUSER),
            List.of(Nature.WRITER, Nature.WRITER, Nature.WRITER),
            List.of(Nature.READER, Nature.WRITER, Nature.WRITER),
            List.of(Nature.WRITER, Nature.WRITER, Nature.READER),
            List.of(Nature.SEEMING_WRITER, Nature.WRITER),
            List.of(Nature.SEEMING_WRITER, Nature.WRITER, Nature.WRITER));

    @Test
    void without_faults_all_yes_commits_and_any_no_rolls_back() {
        for (List<Nature> shape : SHAPES) {
            PointCrashMatrix matrix = new PointCrashMatrix(PointFlaw.NONE, shape);
            matrix.run(List.of());
            if (shape.contains(Nature.REFUSER) || shape.get(0) == Nature.SEEMING_WRITER) {
                assertThat(matrix.answer()).as("%s", shape).isInstanceOf(Outcome.RolledBack.class);
            } else {
                assertThat(matrix.answer()).as("%s", shape).isEqualTo(new Outcome.Committed());
            }
        }
    }

    @Test
    void every_single_fault_and_every_pair_of_faults_at_every_step_leaves_one_outcome() {
        int runs = 0;
        for (List<Nature> shape : SHAPES) {
            int moments = new PointCrashMatrix(PointFlaw.NONE, shape).run(List.of()) + 4;
            for (int first = 0; first < moments; first++) {
                for (Fault one : Fault.values()) {
                    run(shape, List.of(new Cut(first, one)));
                    runs++;
                    for (int second = first + 1; second < moments; second++) {
                        for (Fault other : Fault.values()) {
                            run(shape, List.of(new Cut(first, one), new Cut(second, other)));
                            runs++;
                        }
                    }
                }
            }
        }
        assertThat(runs).isGreaterThan(50_000);
    }

    private static void run(List<Nature> shape, List<Cut> cuts) {
        try {
            new PointCrashMatrix(PointFlaw.NONE, shape).run(cuts);
        } catch (PointViolation | IllegalStateException e) {
            throw new AssertionError(shape + ", " + cuts + ": " + e.getMessage(), e);
        }
    }
}
