package dev.assent.saga.sim;

import dev.assent.saga.model.SagaId;
import dev.assent.saga.model.SagaPlan;
import dev.assent.saga.model.StepRule;
import dev.assent.time.Backoff;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One simulated run: a store, services, and processes that come and go. */
final class SimRun {
    static final Backoff PAUSES = new Backoff(30, 400);

    final SimWorld world;
    final Flaw flaw;
    final SimFaults faults;
    final SimStore store;
    final SimServices services;
    final SimAudit audit;
    final SagaTrace trace;
    final List<SimProcess> processes = new ArrayList<>();
    final List<SagaId> started = new ArrayList<>();
    private final Map<String, SagaPlan> plans;
    private final boolean restarts;
    private int runsOfProcesses;

    SimRun(SimWorld world, Flaw flaw, SimFaults faults, SagaPlan plan, boolean restarts) {
        this.world = world;
        this.flaw = flaw;
        this.faults = faults;
        this.restarts = restarts;
        plans = Map.of(plan.name(), plan);
        trace = new SagaTrace(plan.shape());
        store = new SimStore(world, flaw, trace);
        services = new SimServices(world, faults, flaw, trace);
        audit = new SimAudit(this);
    }

    /** Stage after stage, each with the steps of these names. */
    static SagaPlan plan(List<List<String>> shape) {
        List<List<StepRule>> stages = shape.stream()
                .map(stage -> stage.stream()
                        .map(step -> new StepRule(step, 3, 600, PAUSES, true))
                        .toList())
                .toList();
        return new SagaPlan("journey", 1, stages, 8_000);
    }

    SagaPlan plan() {
        return plans.values().iterator().next();
    }

    SimProcess process() {
        SimProcess process = new SimProcess(this, "p" + ++runsOfProcesses, plans);
        processes.add(process);
        process.open();
        return process;
    }

    /** Another run of the same program comes some time later. */
    void died(SimProcess process) {
        if (restarts) {
            world.after(world.between(100, 6_000), this::process);
        }
    }

    /** Asks a living process to start one; the answer may be lost with the process. */
    void start(SimProcess process, SagaId saga) {
        process.executor.start(plan(), saga, "input of " + saga).whenComplete((isNew, failed) -> {
            if (failed == null) {
                started.add(saga);
            }
        });
    }

    /** Asks a process for every outcome. */
    void askAll(SimProcess process) {
        for (SagaId saga : List.copyOf(store.logs.keySet())) {
            process.executor.outcome(saga).thenAccept(outcome -> audit.told(saga, outcome));
        }
    }
}
