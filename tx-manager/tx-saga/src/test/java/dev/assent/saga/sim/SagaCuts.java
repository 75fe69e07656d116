package dev.assent.saga.sim;

import dev.assent.saga.model.SagaId;
import dev.assent.tx.spec.TraceEvent;
import java.util.List;

/** One saga in three processes, whose executor dies or stands still at an effect of its own, and so may its successor. */
final class SagaCuts {
    static final SagaId SAGA = new SagaId("crash");
    static final int NEVER = Integer.MAX_VALUE;
    private static final long END = 30_000;

    /** Longer than a session and the next look at who is dead. */
    private static final long STILL_MILLIS = 6_000;

    private final List<List<String>> shape;
    private final String refused;
    private final Flaw flaw;
    private SagaTrace trace;

    /** {@code refused} is a step whose action is refused, or a word that is none. */
    SagaCuts(List<List<String>> shape, String refused, Flaw flaw) {
        this.shape = shape;
        this.refused = refused;
        this.flaw = flaw;
        trace = new SagaTrace(shape);
    }

    /** Of the last run, also of one that did not come to its end. */
    List<TraceEvent> trace() {
        return trace.events();
    }

    /** The first process dies at that effect; of the two others the one that looks first dies at that effect of its. */
    SimRun dies(int first, int second) {
        SimRun run = made();
        SimProcess starter = run.process();
        starter.dieAtEffect(first);
        run.process().dieAtEffect(second);
        return ran(run, starter);
    }

    /** The first process does nothing for a while, is taken for dead, and goes on. */
    SimRun standsStill(int effect) {
        SimRun run = made();
        SimProcess starter = run.process();
        starter.standStillAtEffect(effect, STILL_MILLIS);
        SimProcess unused = run.process();
        return ran(run, starter);
    }

    private SimRun made() {
        SimWorld world = new SimWorld(1);
        SimRun run = new SimRun(world, flaw, SimFaults.none(world), SimRun.plan(shape), false);
        run.trace.record();
        trace = run.trace;
        run.services.refuse(SAGA, refused);
        return run;
    }

    private static SimRun ran(SimRun run, SimProcess starter) {
        SimProcess witness = run.process();
        run.start(starter, SAGA);
        run.world.at(END / 2, () -> run.askAll(witness));
        run.world.runUntil(END);
        return run;
    }
}
