package dev.assent.tx.sim.threephase;

import dev.assent.tx.protocol.TransactionInput;
import dev.assent.tx.sim.threephase.SimProcess.Nature;
import java.util.List;
import java.util.function.Predicate;

/** A schedule written down: what is not asked for does not happen; what is, happens in the order in which it was sent. */
final class Schedule {
    private static final int STEPS_MAX = 5_000;

    private final World world;

    /** Agents of these natures and two nodes; commit has been asked for. */
    Schedule(PaxosFlaw flaw, List<Nature> natures, boolean strict) {
        world = new World(flaw, natures, 2, strict);
        world.coordinator().input(new TransactionInput.CommitAsked());
    }

    /** Three agents that write (0, 1, 2) and two nodes (3 coordinates, 4): all have voted, the preCommit is on its way. */
    static Schedule preCommitting(PaxosFlaw flaw, boolean strict) {
        Schedule schedule = new Schedule(flaw, List.of(Nature.WRITER, Nature.WRITER, Nature.WRITER), strict);
        schedule.whileAny(event -> !event.isTimer() && !event.what().startsWith("Accept["));
        return schedule;
    }

    World world() {
        return world;
    }

    /** Messages like that reach these processes, and what they write comes to their disks. */
    Schedule deliver(String what, Integer... to) {
        List<Integer> places = List.of(to);
        for (SimEvent event :
                world.net().ready(each -> each.isMessage() && each.what().startsWith(what))) {
            if (places.contains(event.to())) {
                world.net().happen(event);
            }
        }
        return whileAny(event -> event.kind() == SimEvent.Kind.DISK && places.contains(event.to()));
    }

    Schedule suspectedBy(int... agents) {
        for (int agent : agents) {
            if (world.net().isAlive(agent)) {
                world.process(agent).suspect();
            }
        }
        return this;
    }

    Schedule crash(int... processes) {
        for (int at : processes) {
            world.crash(at);
        }
        return this;
    }

    Schedule restart(int... processes) {
        for (int at : processes) {
            world.crash(at);
            world.revive(at);
        }
        return this;
    }

    /** The next thing; timers when there is nothing else. */
    boolean step() {
        List<SimEvent> ready = world.net().ready(event -> !event.isTimer());
        if (ready.isEmpty()) {
            ready = world.net().ready(event -> true);
        }
        if (!ready.isEmpty()) {
            world.net().happen(ready.get(0));
        }
        return !ready.isEmpty();
    }

    Schedule whileAny(Predicate<SimEvent> which) {
        int steps = 0;
        for (var ready = world.net().ready(which);
                !ready.isEmpty();
                ready = world.net().ready(which)) {
            world.net().happen(ready.get(0));
            if (++steps > STEPS_MAX) {
                throw new Truth.BrokenRule("it does not end");
            }
        }
        return this;
    }

    /** Everything that needs no timer. */
    Schedule settle() {
        return whileAny(event -> !event.isTimer());
    }

    /** Until every agent that lives has ended its branch; each suspects whenever nothing else happens. */
    Schedule untilEnded() {
        for (int step = 0; anyOpen(); step++) {
            if (step > STEPS_MAX) {
                throw new Truth.BrokenRule("blocked, although a majority is connected");
            }
            boolean isQuiet = world.net().ready(event -> !event.isTimer()).isEmpty();
            if (isQuiet) {
                for (int agent = 0; agent < world.agents(); agent++) {
                    suspectedBy(agent);
                    settle();
                }
            }
            step();
        }
        return this;
    }

    private boolean anyOpen() {
        for (int agent = 0; agent < world.agents(); agent++) {
            if (world.net().isAlive(agent) && !world.hasEnded(agent)) {
                return true;
            }
        }
        return false;
    }

    /** Everybody is back, ends, and the books must balance. */
    void finish() {
        world.net().heal();
        for (int at = 0; at < world.size(); at++) {
            world.revive(at);
        }
        untilEnded();
        settle();
        world.truth().checkEnd();
    }
}
