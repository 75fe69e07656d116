package dev.assent.tx.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.model.Outcome;
import dev.assent.tx.sim.CrashMatrix.Cut;
import dev.assent.tx.sim.CrashMatrix.Fault;
import dev.assent.tx.sim.SimResource.Nature;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every shape of transaction, cut at every moment by every fault, alone and in pairs; after recovery there is one
 * outcome everywhere, no branch is left prepared, and the caller was told nothing untrue.
 */
class CrashMatrixTest {
    static final List<List<Nature>> SHAPES = List.of(
            List.of(),
            List.of(Nature.WRITER),
            List.of(Nature.REFUSER),
            List.of(Nature.READER),
            List.of(Nature.DISTRUSTED),
            List.of(Nature.WRITER, Nature.WRITER),
            List.of(Nature.WRITER, Nature.READER),
            List.of(Nature.READER, Nature.READER),
            List.of(Nature.WRITER, Nature.REFUSER),
            List.of(Nature.REFUSER, Nature.WRITER),
            List.of(Nature.WRITER, Nature.READER, Nature.WRITER),
            List.of(Nature.WRITER, Nature.WRITER, Nature.REFUSER));

    @Test
    void without_faults_all_yes_commits_and_any_no_rolls_back() {
        for (List<Nature> shape : SHAPES) {
            CrashMatrix matrix = new CrashMatrix(Flaw.NONE, shape);
            matrix.run(true, List.of());
            if (shape.contains(Nature.REFUSER)) {
                assertThat(matrix.answer()).as("%s", shape).isInstanceOf(Outcome.RolledBack.class);
            } else {
                assertThat(matrix.answer()).as("%s", shape).isEqualTo(new Outcome.Committed());
            }
        }
    }

    @Test
    void every_single_fault_at_every_moment_leaves_one_outcome() {
        int runs = 0;
        for (List<Nature> shape : SHAPES) {
            for (boolean commit : new boolean[] {true, false}) {
                runs += singles(Flaw.NONE, shape, commit);
            }
        }
        assertThat(runs).isGreaterThan(500);
    }

    @Test
    void every_pair_of_faults_leaves_one_outcome() {
        int runs = 0;
        for (List<Nature> shape : SHAPES) {
            runs += pairs(Flaw.NONE, shape);
        }
        assertThat(runs).isGreaterThan(10_000);
    }

    static int singles(Flaw flaw, List<Nature> shape, boolean commit) {
        int moments = new CrashMatrix(Flaw.NONE, shape).run(commit, List.of());
        int runs = 0;
        for (int moment = 0; moment < moments; moment++) {
            for (Fault fault : Fault.values()) {
                run(flaw, shape, commit, List.of(new Cut(moment, fault)));
                runs++;
            }
        }
        return runs;
    }

    static int pairs(Flaw flaw, List<Nature> shape) {
        int moments = new CrashMatrix(Flaw.NONE, shape).run(true, List.of()) + 4;
        int runs = 0;
        for (int first = 0; first < moments; first++) {
            for (int second = first + 1; second < moments; second++) {
                for (List<Fault> faults : faultPairs()) {
                    run(flaw, shape, true, List.of(new Cut(first, faults.get(0)), new Cut(second, faults.get(1))));
                    runs++;
                }
            }
        }
        return runs;
    }

    private static List<List<Fault>> faultPairs() {
        List<List<Fault>> pairs = new ArrayList<>();
        for (Fault one : Fault.values()) {
            for (Fault other : Fault.values()) {
                pairs.add(List.of(one, other));
            }
        }
        return pairs;
    }

    private static void run(Flaw flaw, List<Nature> shape, boolean commit, List<Cut> cuts) {
        try {
            new CrashMatrix(flaw, shape).run(commit, cuts);
        } catch (Violation | IllegalStateException e) {
            throw new AssertionError(shape + (commit ? " commit " : " rollback ") + cuts + ": " + e.getMessage(), e);
        }
    }
}
