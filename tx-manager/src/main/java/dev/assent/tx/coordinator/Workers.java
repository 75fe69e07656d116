package dev.assent.tx.coordinator;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads of a service: some that may block on resources, one for time. Thread-safe. */
public final class Workers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    private static final int TASKS_PER_TRANSACTION = 16;

    private final ThreadPoolExecutor pool;
    private final ScheduledThreadPoolExecutor timer;

    public Workers(String name, TxConfig.Limits limits) {
        pool = new ThreadPoolExecutor(
                limits.threads(),
                limits.threads(),
                30,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(limits.activeMax() * TASKS_PER_TRANSACTION),
                named(name + "-worker-"));
        pool.allowCoreThreadTimeOut(true);
        timer = new ScheduledThreadPoolExecutor(1, named(name + "-timer-"));
        timer.setRemoveOnCancelPolicy(true);
    }

    private static ThreadFactory named(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Runs the task soon; on the calling thread if the queue is full; never once closed. */
    public void execute(Runnable task) {
        try {
            pool.execute(guarded(task));
        } catch (RejectedExecutionException full) {
            if (!pool.isShutdown()) {
                task.run();
            }
        }
    }

    /** Runs the task on a worker after a pause; never once closed. */
    public void later(long pauseMillis, Runnable task) {
        try {
            ScheduledFuture<?> unused = timer.schedule(() -> execute(task), pauseMillis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closed) {
            LOG.debug("closed before a pause of {} ms began", pauseMillis);
        }
    }

    /** Runs a short task on the timer's thread, again and again, with a pause between. */
    public void every(long pauseMillis, Runnable task) {
        ScheduledFuture<?> unused =
                timer.scheduleWithFixedDelay(guarded(task), pauseMillis, pauseMillis, TimeUnit.MILLISECONDS);
    }

    /** The boundary of all background work: a bug is reported and costs one task, not the timer. */
    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException bug) {
                LOG.error("background work failed", bug);
            }
        };
    }

    @Override
    public void close() {
        timer.shutdownNow();
        pool.shutdown();
        try {
            if (!pool.awaitTermination(5, TimeUnit.SECONDS)) {
                pool.shutdownNow();
            }
        } catch (InterruptedException e) {
            pool.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
