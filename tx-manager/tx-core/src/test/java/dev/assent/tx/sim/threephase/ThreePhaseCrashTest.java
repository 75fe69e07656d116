package dev.assent.tx.sim.threephase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.sim.threephase.SimProcess.Nature;
import dev.assent.tx.sim.threephase.ThreePhaseCuts.Cut;
import dev.assent.tx.sim.threephase.ThreePhaseCuts.Fault;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every shape of transaction, struck at every moment by every fault, alone and, where somebody dies, in pairs. First
 * whoever lives ends by itself if it is a majority; then all are back, and the books must balance.
 */
class ThreePhaseCrashTest {
    private static final List<List<Nature>> SHAPES = List.of(
            List.of(Nature.WRITER),
            List.of(Nature.WRITER, Nature.WRITER, Nature.WRITER),
            List.of(Nature.WRITER, Nature.READER, Nature.WRITER),
            List.of(Nature.READER),
            List.of(Nature.WRITER, Nature.WRITER, Nature.REFUSER));

    @Test
    void every_single_fault_at_every_moment_leaves_one_outcome() {
        int runs = 0;
        for (List<Nature> shape : SHAPES) {
            int steps = run(shape, List.of());
            for (int step = 0; step < steps; step++) {
                runs += everywhere(shape, step);
            }
        }
        assertThat(runs).isGreaterThan(3_000);
    }

    private static int everywhere(List<Nature> shape, int step) {
        int runs = 0;
        for (int at = 0; at < shape.size() + 2; at++) {
            for (Fault fault : Fault.values()) {
                run(shape, List.of(new Cut(step, at, fault)));
                runs++;
            }
        }
        return runs;
    }

    @Test
    void every_pair_of_deaths_leaves_one_outcome() {
        List<Nature> shape = SHAPES.get(1);
        int steps = run(shape, List.of());
        int runs = 0;
        for (int first = 0; first < steps; first++) {
            for (int second = first + 1; second < steps; second += 2) {
                for (int pair = 0; pair < 5; pair++) {
                    Fault fault = pair % 2 == 0 ? Fault.DIES : Fault.RESTARTS;
                    run(shape, List.of(new Cut(first, pair, fault), new Cut(second, (pair + 3) % 5, Fault.DIES)));
                    runs++;
                }
            }
        }
        assertThat(runs).isGreaterThan(1_000);
    }

    /** Returns how many moments there were. */
    private static int run(List<Nature> shape, List<Cut> cuts) {
        return new ThreePhaseCuts(PaxosFlaw.NONE, shape).run(cuts);
    }
}
