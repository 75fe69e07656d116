package dev.assent.saga.engine;

import dev.assent.saga.spi.Timers;
import dev.assent.time.Clock;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread on which a process' sagas are stepped. Nothing on it may block. */
public final class ControlThread implements Timers, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlThread.class);

    private final Clock clock;
    private final ScheduledThreadPoolExecutor thread;

    public ControlThread(Clock clock) {
        this.clock = clock;
        thread = new ScheduledThreadPoolExecutor(
                1,
                work -> {
                    Thread made = new Thread(work, "assent-sagas");
                    made.setDaemon(true);
                    return made;
                },
                // After the end, nothing is stepped any more.
                new ThreadPoolExecutor.DiscardPolicy());
        thread.setRemoveOnCancelPolicy(true);
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public long epochMillis() {
        return clock.epochMillis();
    }

    @Override
    public void run(Runnable action) {
        thread.execute(guarded(action));
    }

    @Override
    public Pending after(long millis, Runnable action) {
        Future<?> scheduled = thread.schedule(guarded(action), millis, TimeUnit.MILLISECONDS);
        return () -> scheduled.cancel(false);
    }

    /** A bug ends what it is in, and never the thread. */
    private static Runnable guarded(Runnable action) {
        return () -> {
            try {
                action.run();
            } catch (RuntimeException bug) {
                LOG.error(
                        "a step of a saga failed in a way that it must not; what it was for waits for a restart", bug);
            }
        };
    }

    @Override
    public double draw() {
        return ThreadLocalRandom.current().nextDouble();
    }

    /** What was run before is run still; what waits for its time is not. */
    @Override
    public void close() {
        thread.shutdown();
    }
}
