package dev.assent.tx.coordinator;

import dev.assent.tx.bulkhead.ThrottledLog;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Threads for one kind of a service's own work, which may wait for the store but for no resource. Thread-safe. */
public final class WorkerPool {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);
    private static final long IDLE_SECONDS = 30;
    private static final long CLOSE_SECONDS = 5;

    private final String name;
    private final int waitingMax;
    private final ThreadPoolExecutor threads;
    private final ThrottledLog full = new ThrottledLog();

    WorkerPool(String name, int threadsMax, int waitingMax) {
        this.name = name;
        this.waitingMax = waitingMax;
        AtomicInteger number = new AtomicInteger();
        threads = new ThreadPoolExecutor(
                threadsMax,
                threadsMax,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(waitingMax),
                task -> daemon(task, name + "-" + number.incrementAndGet()));
        threads.allowCoreThreadTimeOut(true);
    }

    static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Runs the task soon; false once closed, and, said in the log now and then, when too many wait. */
    boolean execute(Runnable task) {
        try {
            threads.execute(guarded(task));
            return true;
        } catch (RejectedExecutionException refused) {
            if (!threads.isShutdown()) {
                full.say(more -> LOG.warn("{}: {} tasks wait already, this one is left out{}", name, waitingMax, more));
            }
            return false;
        }
    }

    /** The boundary of background work: a bug is reported and costs one task. */
    static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error bug) {
                LOG.error("background work failed", bug);
            }
        };
    }

    /** Lets what is queued end, for a few seconds. */
    void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
