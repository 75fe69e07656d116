package dev.assent.saga.sim;

import dev.assent.saga.engine.ExecutorSettings;
import dev.assent.saga.engine.SagaExecutor;
import dev.assent.saga.model.ProcessId;
import dev.assent.saga.model.SagaPlan;
import dev.assent.saga.spi.Timers;
import dev.assent.time.Backoff;
import java.util.Map;

/** One run of a process: the production executor, until it dies. It can be stopped in its tracks and go on later. */
final class SimProcess implements Timers {
    static final long SESSION_MILLIS = 2_000;
    static final ExecutorSettings SETTINGS = new ExecutorSettings(100, 500, 60_000, 5_000, new Backoff(20, 500));

    private final SimRun run;
    private final SimWorld world;
    final ProcessId id;
    final SagaExecutor executor;
    private boolean dead;
    private long pausedUntil;
    private int effects;
    private int dieAtEffect = Integer.MAX_VALUE;
    private int standStillAtEffect = Integer.MAX_VALUE;
    private long standStillMillis;

    SimProcess(SimRun run, String name, Map<String, SagaPlan> plans) {
        this.run = run;
        world = run.world;
        id = new ProcessId(name);
        SimLog log = new SimLog(world, run.store, run.faults, this, run.flaw);
        executor = new SagaExecutor(id, log, new SimCalls(run, this, plans), this, SETTINGS);
    }

    void open() {
        run.store.alive.add(id);
        executor.open();
    }

    boolean isAlive() {
        return !dead;
    }

    /** Its session ends a while later; what it has sent is on its way. */
    void die() {
        if (!dead) {
            world.tell(id + " dies");
            dead = true;
            world.after(SESSION_MILLIS, () -> run.store.alive.remove(id));
            run.died(this);
        }
    }

    void dieAtEffect(int effect) {
        dieAtEffect = effect;
    }

    void standStillAtEffect(int effect, long millis) {
        standStillAtEffect = effect;
        standStillMillis = millis;
    }

    /** Something that another process, the store or a service can notice, or that this one notices. */
    void effect(String what) {
        effects++;
        if (effects == dieAtEffect) {
            world.tell(id + " at effect " + effects + ": " + what);
            die();
        } else if (effects == standStillAtEffect) {
            pause(standStillMillis);
        }
    }

    int effects() {
        return effects;
    }

    /** Does nothing for so long; its session may end meanwhile. */
    void pause(long millis) {
        world.tell(id + " stands still for " + millis);
        pausedUntil = world.now() + millis;
        world.after(SESSION_MILLIS, () -> {
            if (world.now() < pausedUntil) {
                run.store.alive.remove(id);
            }
        });
    }

    /** A new session, if the old one was over; not by a request that comes when the process is gone. */
    void announced() {
        if (!dead) {
            run.store.alive.add(id);
        }
    }

    private void enter(Runnable action) {
        if (dead) {
            return;
        }
        if (world.now() < pausedUntil) {
            world.at(pausedUntil, () -> enter(action));
        } else {
            effect("event");
            if (!dead) {
                action.run();
            }
        }
    }

    @Override
    public long epochMillis() {
        return world.now();
    }

    @Override
    public void run(Runnable action) {
        world.after(0, () -> enter(action));
    }

    @Override
    public Pending after(long millis, Runnable action) {
        boolean[] cancelled = new boolean[1];
        world.after(millis, () -> {
            if (!cancelled[0]) {
                enter(action);
            }
        });
        return () -> cancelled[0] = true;
    }

    @Override
    public double draw() {
        return world.random.nextDouble();
    }
}
