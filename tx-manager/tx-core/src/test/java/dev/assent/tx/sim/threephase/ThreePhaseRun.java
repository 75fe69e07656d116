package dev.assent.tx.sim.threephase;

import dev.assent.tx.protocol.TransactionInput;
import dev.assent.tx.sim.threephase.SimProcess.Nature;
import dev.assent.tx.sim.threephase.World.Reached;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * One transaction in a random order of atomic steps, from one seed: messages are lost, late and repeated, processes die
 * and come back, the network splits, the store dies, and anybody suspects at any time. Then a minority is left alone,
 * then a majority, then everybody is back; each time what must hold is looked at.
 */
final class ThreePhaseRun {
    private static final int EVENTS_MAX = 160;
    private static final int STEPS_UNTIL_BLOCKED = 4_000;
    private static final int MINORITY_STEPS = 300;

    private final SplittableRandom random;
    private final World world;
    private final int faultPercent;

    ThreePhaseRun(PaxosFlaw flaw, long seed) {
        random = new SplittableRandom(seed);
        faultPercent = random.nextInt(1, 20);
        List<Nature> natures = new ArrayList<>();
        int agents = random.nextInt(1, 5);
        for (int agent = 0; agent < agents; agent++) {
            int dice = random.nextInt(100);
            natures.add(dice < 88 ? Nature.WRITER : dice < 95 ? Nature.READER : Nature.REFUSER);
        }
        int nodes = agents % 2 == 0 ? 1 + 2 * random.nextInt(2) : 2;
        world = new World(flaw, natures, nodes, true);
    }

    Map<Reached, Integer> run() {
        world.coordinator()
                .input(
                        random.nextInt(100) < 95
                                ? new TransactionInput.CommitAsked()
                                : new TransactionInput.RollbackAsked("the application says so"));
        int events = random.nextInt(20, EVENTS_MAX);
        for (int event = 0; event < events; event++) {
            happen();
        }
        if (random.nextInt(100) < 40) {
            leaveAMinority();
        }
        leaveAMajority();
        everybodyIsBack();
        world.truth().checkEnd();
        return world.reached();
    }

    private void happen() {
        int dice = random.nextInt(100);
        if (dice < 90) {
            advance();
        } else if (dice < 92) {
            int at = random.nextInt(world.size());
            suspectIfAlive(world.process(at), at);
        } else if (dice < 93) {
            world.coordinator().input(new TransactionInput.Expired("time is up"));
        } else if (dice < 94) {
            if (!world.coordinator().hasAnswered()) {
                world.coordinator().input(new TransactionInput.WaitedEnough());
            }
        } else if (random.nextInt(100) < 3 * faultPercent) {
            strike();
        }
    }

    private void suspectIfAlive(SimProcess process, int at) {
        if (world.net().isAlive(at)) {
            process.suspect();
        }
    }

    private void advance() {
        List<SimEvent> ready = world.net().ready(event -> !event.isTimer() || random.nextInt(4) == 0);
        if (ready.isEmpty()) {
            return;
        }
        SimEvent event = ready.get(random.nextInt(ready.size()));
        if (event.isMessage() && random.nextInt(100) < faultPercent) {
            if (random.nextBoolean()) {
                world.net().lose(event);
                world.reach(Reached.MESSAGE_LOST);
            } else {
                world.net().repeat(event);
                world.reach(Reached.MESSAGE_REPEATED);
            }
        } else {
            world.net().happen(event);
        }
    }

    private void strike() {
        int at = random.nextInt(world.size());
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> {
                if (world.net().isAlive(at)) {
                    world.crash(at);
                } else {
                    world.revive(at);
                }
            }
            case 3 -> world.revive(at);
            case 4, 5 -> {
                world.net().side(at, random.nextInt(2));
                world.reach(Reached.PARTITIONED);
            }
            case 6 -> world.net().heal();
            default -> {
                if (random.nextInt(3) == 0) {
                    world.net().storeDies();
                    world.reach(Reached.STORE_DIED);
                }
            }
        }
    }

    private List<Integer> shuffled() {
        List<Integer> all = new ArrayList<>();
        for (int at = 0; at < world.size(); at++) {
            all.add(at);
        }
        for (int last = all.size() - 1; last > 0; last--) {
            Collections.swap(all, last, random.nextInt(last + 1));
        }
        return all;
    }

    /** These live and hear each other, the others are dead. */
    private void only(List<Integer> alive) {
        for (int at = 0; at < world.size(); at++) {
            if (alive.contains(at)) {
                world.revive(at);
            } else {
                world.crash(at);
            }
        }
        world.net().heal();
        world.net().loseUnreachable();
    }

    /** Whatever it tries, it decides nothing; nor does it lose what was decided before. */
    private void leaveAMinority() {
        int size = random.nextInt(1, world.size() / 2 + 1);
        List<Integer> alive = shuffled().subList(0, size);
        only(alive);
        boolean isOpen = !world.truth().isWithinReachOf(world.acceptors(alive));
        int learnings = world.truth().learnings();
        for (int step = 0; step < MINORITY_STEPS; step++) {
            settle(step);
        }
        if (isOpen && world.truth().learnings() > learnings) {
            throw new Truth.BrokenRule("a minority has decided");
        }
        if (isOpen) {
            world.reach(Reached.A_MINORITY_WAITED);
        }
    }

    /** What lives ends its branches, whoever is dead, and the store with them. */
    private void leaveAMajority() {
        int size = random.nextInt(world.size() / 2 + 1, world.size() + 1);
        List<Integer> alive = shuffled().subList(0, size);
        only(alive);
        if (random.nextInt(4) == 0) {
            world.net().storeDies();
            world.reach(Reached.STORE_DIED);
        }
        untilEnded(alive);
    }

    private void everybodyIsBack() {
        List<Integer> all = shuffled();
        only(all);
        untilEnded(all);
        if (world.coordinator().isAlive() && !world.coordinator().hasAnswered()) {
            world.coordinator().input(new TransactionInput.WaitedEnough());
        }
        for (int round = 0; round < 2; round++) {
            for (int node = world.agents(); node < world.size(); node++) {
                world.process(node).suspect(); // somebody asks how it ended
            }
            for (int step = 0; step < MINORITY_STEPS / 2; step++) {
                settle(step);
            }
        }
    }

    private void untilEnded(List<Integer> alive) {
        int steps = 0;
        while (alive.stream().anyMatch(at -> at < world.agents() && !world.hasEnded(at))) {
            if (++steps > STEPS_UNTIL_BLOCKED) {
                throw new Truth.BrokenRule("blocked, although a majority is connected");
            }
            settle(steps);
        }
    }

    /** The next thing, without faults: timers when there is nothing else, and time-outs again and again. */
    private void settle(int step) {
        List<SimEvent> ready = world.net().ready(event -> !event.isTimer());
        if (ready.isEmpty()) {
            ready = world.net().ready(event -> true);
        }
        if (!ready.isEmpty()) {
            world.net().happen(ready.get(random.nextInt(ready.size())));
        }
        if (ready.isEmpty() || step % 50 == 0) {
            for (int agent = 0; agent < world.agents(); agent++) {
                suspectIfAlive(world.process(agent), agent);
            }
        }
    }
}
