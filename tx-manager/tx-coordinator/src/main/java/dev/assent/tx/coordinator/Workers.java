package dev.assent.tx.coordinator;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of a service, one crew for each kind of its own work, and one thread for time. No resource is called on
 * any of them (resources have {@link dev.assent.tx.lane.Lane lanes}), so none can hold up elections, deadlines or
 * recovery; nor can listeners, which only hold up each other. Thread-safe.
 */
public final class Workers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    private static final int REIGN_TASKS_MAX = 1_000;
    private static final int RECOVERY_TASKS_MAX = 10_000;
    private static final int LEDGER_THREADS = 2;

    private final Crew reigns;
    private final Crew recovery;
    private final Crew ledger;
    private final Crew listeners;
    private final ScheduledThreadPoolExecutor timer;

    public Workers(String name, TxConfig.Limits limits) {
        reigns = new Crew(name + "-reign", 1, REIGN_TASKS_MAX);
        recovery = new Crew(name + "-recovery", limits.threads(), RECOVERY_TASKS_MAX);
        ledger = new Crew(name + "-ledger", LEDGER_THREADS, limits.activeMax());
        listeners = new Crew(name + "-listener", limits.threads(), limits.activeMax());
        timer = new ScheduledThreadPoolExecutor(1, task -> Crew.daemon(task, name + "-timer"));
        timer.setRemoveOnCancelPolicy(true);
    }

    /** Elections and epochs, one thing at a time. */
    Crew reigns() {
        return reigns;
    }

    /** Passes of recovery. */
    Crew recovery() {
        return recovery;
    }

    /** What resources decided by themselves is kept here. */
    Crew ledger() {
        return ledger;
    }

    /** Applications' callbacks. */
    Crew listeners() {
        return listeners;
    }

    /** Runs a task that does not block on the timer's thread after a pause, unless what it answers with is run first. */
    public Runnable later(long pauseMillis, Runnable task) {
        try {
            ScheduledFuture<?> due = timer.schedule(Crew.guarded(task), pauseMillis, TimeUnit.MILLISECONDS);
            return () -> due.cancel(false);
        } catch (RejectedExecutionException closed) {
            LOG.debug("closed before a pause of {} ms began", pauseMillis);
            return () -> {};
        }
    }

    /** Runs a task that does not block on the timer's thread, again and again, with a pause between. */
    public void every(long pauseMillis, Runnable task) {
        ScheduledFuture<?> unused =
                timer.scheduleWithFixedDelay(Crew.guarded(task), pauseMillis, pauseMillis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        reigns.close();
        recovery.close();
        ledger.close();
        listeners.close();
    }
}
