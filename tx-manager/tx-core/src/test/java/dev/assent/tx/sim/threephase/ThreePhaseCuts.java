package dev.assent.tx.sim.threephase;

import dev.assent.tx.sim.threephase.SimProcess.Nature;
import dev.assent.tx.spec.TraceEvent;
import java.util.List;
import java.util.stream.IntStream;

/** One transaction of a shape, which a fault strikes at a moment or two; then all are back, and it ends. */
final class ThreePhaseCuts {
    private static final int STEPS_MAX = 120;

    private final List<Nature> shape;
    private final Schedule schedule;

    enum Fault {
        DIES,
        RESTARTS,
        ALL_NODES_AND_THE_STORE_DIE,
        IS_CUT_OFF,
        SUSPECTS,
        NEXT_MESSAGE_IS_LOST,
        NEXT_MESSAGE_IS_REPEATED
    }

    /** At that step, there. */
    record Cut(int step, int at, Fault fault) {}

    ThreePhaseCuts(PaxosFlaw flaw, List<Nature> shape) {
        this.shape = shape;
        this.schedule = new Schedule(flaw, shape, true);
        schedule.world().trace().record(); // nothing has happened but that it was begun
    }

    List<TraceEvent> trace() {
        return schedule.world().trace().events();
    }

    /** Returns how many moments there were. */
    int run(List<Cut> cuts) {
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
            long connected = IntStream.range(0, world.size())
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
