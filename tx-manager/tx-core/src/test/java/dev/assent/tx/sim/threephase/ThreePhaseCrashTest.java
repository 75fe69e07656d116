package dev.assent.tx.sim.threephase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.sim.threephase.SimProcess.Nature;
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

    private static final int STEPS_MAX = 120;

    private enum Fault {
        DIES,
        RESTARTS,
        ALL_NODES_AND_THE_STORE_DIE,
        IS_CUT_OFF,
        SUSPECTS,
        NEXT_MESSAGE_IS_LOST,
        NEXT_MESSAGE_IS_REPEATED
    }

    /** At that step, there. */
    private record Cut(int step, int at, Fault fault) {}

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
        Schedule schedule = new Schedule(PaxosFlaw.NONE, shape, true);
        int step = 0;
        try {
            boolean more = true;
            while (more && step < STEPS_MAX) {
                for (Cut cut : cuts) {
                    if (cut.step() == step) {
                        strike(schedule, cut);
                    }
                }
                more = schedule.step();
                step++;
            }
            World world = schedule.world();
            long connected = java.util.stream.IntStream.range(0, world.size())
                    .filter(at -> world.net().isAlive(at))
                    .count();
            world.net().heal();
            if (world.acceptors().isMajority((int) connected)) {
                schedule.untilEnded();
            }
            schedule.finish();
        } catch (Truth.BrokenRule | IllegalStateException broken) {
            throw new AssertionError(shape + " with " + cuts + ": " + broken.getMessage(), broken);
        }
        return step;
    }

    private static void strike(Schedule schedule, Cut cut) {
        World world = schedule.world();
        int at = cut.at();
        switch (cut.fault()) {
            case DIES -> world.crash(at);
            case RESTARTS -> schedule.restart(at);
            case ALL_NODES_AND_THE_STORE_DIE -> {
                schedule.crash(world.agents(), world.agents() + 1);
                world.net().storeDies();
            }
            case IS_CUT_OFF -> world.net().side(at, 1);
            case SUSPECTS -> schedule.suspectedBy(at);
            case NEXT_MESSAGE_IS_LOST -> next(world, at).forEach(world.net()::lose);
            case NEXT_MESSAGE_IS_REPEATED -> next(world, at).forEach(world.net()::repeat);
        }
    }

    private static List<SimEvent> next(World world, int to) {
        return world.net().ready(event -> event.isMessage() && event.to() == to).stream()
                .limit(1)
                .toList();
    }
}
