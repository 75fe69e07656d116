package dev.assent.tx.coordinator;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of a service, one crew for each kind of its own work, and one thread for time. No resource is called on
 * any of them (resources have {@link dev.assent.tx.bulkhead.Bulkhead bulkheads}), so none can hold up elections, deadlines or
 * recovery; nor can listeners, which only hold up each other. Thread-safe.
 */
public final class Workers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    private static final int EPOCH_TASKS_MAX = 1_000;
    private static final int RECOVERY_TASKS_MAX = 10_000;
    private static final int LEDGER_THREADS = 2;

    private final WorkerPool epochs;
    private final WorkerPool recovery;
    private final WorkerPool ledger;
    private final WorkerPool listeners;
    private final ScheduledThreadPoolExecutor timer;

    public Workers(String name, CoordinatorSettings.Limits limits) {
        epochs = new WorkerPool(name + "-epoch", 1, EPOCH_TASKS_MAX);
        recovery = new WorkerPool(name + "-recovery", limits.threads(), RECOVERY_TASKS_MAX);
        ledger = new WorkerPool(name + "-ledger", LEDGER_THREADS, limits.activeMax());
        listeners = new WorkerPool(name + "-listener", limits.threads(), limits.activeMax());
        timer = new ScheduledThreadPoolExecutor(1, task -> WorkerPool.daemon(task, name + "-timer"));
        timer.setRemoveOnCancelPolicy(true);
    }

    /** Elections and epochs, one thing at a time. */
    WorkerPool epochs() {
        return epochs;
    }

    /** Passes of recovery. */
    WorkerPool recovery() {
        return recovery;
    }

    /** What resources decided by themselves is kept here. */
    WorkerPool ledger() {
        return ledger;
    }

    /** Applications' callbacks. */
    WorkerPool listeners() {
        return listeners;
    }

    /** Runs a task that does not block on the timer's thread after a pause, unless what it answers with is run first. */
    public Runnable later(long pauseMillis, Runnable task) {
        try {
            ScheduledFuture<?> due = timer.schedule(WorkerPool.guarded(task), pauseMillis, TimeUnit.MILLISECONDS);
            return () -> due.cancel(false);
        } catch (RejectedExecutionException closed) {
            LOG.debug("closed before a pause of {} ms began", pauseMillis);
            return () -> {};
        }
    }

    /** Runs a task that does not block on the timer's thread, again and again, with a pause between. */
    public void every(long pauseMillis, Runnable task) {
        ScheduledFuture<?> unused =
                timer.scheduleWithFixedDelay(WorkerPool.guarded(task), pauseMillis, pauseMillis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        epochs.close();
        recovery.close();
        ledger.close();
        listeners.close();
    }
}
