package dev.assent.saga.sim;

import dev.assent.saga.model.SagaId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** One random schedule. */
final class SwarmRun {
    private static final int PROCESSES = 3;
    private static final long HEALED_AT = 30_000;
    private static final long ENDED_BY = HEALED_AT + 40_000;

    private final SimRun run;
    private final SimWorld world;
    private final long seed;

    SwarmRun(Flaw flaw, long seed) {
        this.seed = seed;
        world = new SimWorld(seed);
        run = new SimRun(world, flaw, SimFaults.drawn(world, HEALED_AT), SimRun.plan(shape()), true);
    }

    private List<List<String>> shape() {
        List<List<String>> shape = new ArrayList<>();
        int stages = world.random.nextInt(1, 5);
        for (int stage = 0; stage < stages; stage++) {
            List<String> steps = new ArrayList<>();
            int width = world.chance(0.3) ? world.random.nextInt(2, 4) : 1;
            for (int step = 0; step < width; step++) {
                steps.add("s" + stage + "-" + step);
            }
            shape.add(steps);
        }
        return shape;
    }

    /** Throws what does not hold. */
    SwarmRun run() {
        try {
            for (int process = 0; process < PROCESSES; process++) {
                run.process();
            }
            startSagas();
            planFaults();
            world.at(HEALED_AT + 10_000, this::askEverybody);
            world.runUntil(ENDED_BY);
            run.audit.ended(List.copyOf(new TreeSet<>(run.started)));
            run.audit.ended(List.copyOf(run.store.logs.keySet()));
            world.runUntil(ENDED_BY + SimProcess.SETTINGS.retentionMillis() + 2 * SimStore.SLOT_MILLIS);
            Violation.check(run.store.logs.isEmpty(), "sagas that ended long ago are kept: " + run.store.logs.keySet());
            Violation.check(run.store.runs.values().stream().allMatch(Set::isEmpty), "somebody's list is left");
            return this;
        } catch (Violation | IllegalStateException e) {
            throw new IllegalStateException("seed " + seed + " with " + run.flaw + ": " + e.getMessage(), e);
        }
    }

    private void startSagas() {
        int sagas = world.random.nextInt(1, 5);
        for (int number = 0; number < sagas; number++) {
            SagaId saga = new SagaId("saga" + number);
            for (List<String> stage : run.plan().shape()) {
                stage.stream().filter(step -> world.chance(0.1)).forEach(step -> run.services.refuse(saga, step));
            }
            long when = world.between(0, 10_000);
            world.at(when, () -> run.start(anyProcess(), saga));
            if (world.chance(0.5)) {
                world.at(when + world.between(0, 600), () -> strike(saga));
            }
        }
    }

    /** Whoever executes it dies or stands still. */
    private void strike(SagaId saga) {
        SimStore.Log log = run.store.logs.get(saga);
        if (log == null) {
            return;
        }
        for (SimProcess process : List.copyOf(run.processes)) {
            if (process.id.equals(log.executor) && world.chance(0.5)) {
                process.die();
            } else if (process.id.equals(log.executor)) {
                process.pause(world.between(10, 9_000));
            }
        }
    }

    private void planFaults() {
        int deaths = world.random.nextInt(0, 6);
        for (int death = 0; death < deaths; death++) {
            world.at(world.between(0, HEALED_AT), () -> anyProcess().die());
        }
        int pauses = world.random.nextInt(0, 4);
        for (int pause = 0; pause < pauses; pause++) {
            world.at(world.between(0, HEALED_AT - 10_000), () -> anyProcess().pause(world.between(10, 9_000)));
        }
        if (world.chance(0.4)) {
            world.at(world.between(0, HEALED_AT - 8_000), () -> {
                world.tell("the store is away");
                run.faults.storeAway(world.now() + world.between(100, 8_000));
            });
        }
    }

    private SimProcess anyProcess() {
        List<SimProcess> alive =
                run.processes.stream().filter(SimProcess::isAlive).toList();
        return alive.isEmpty() ? run.process() : alive.get(world.random.nextInt(alive.size()));
    }

    private void askEverybody() {
        run.processes.stream().filter(SimProcess::isAlive).forEach(run::askAll);
    }

    /** What was reached, for the gate of coverage. */
    SimRun surroundings() {
        return run;
    }
}
