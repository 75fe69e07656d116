package dev.assent.admin;

import dev.assent.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that read requests and answer them. What makes no progress for {@link AdminServer#ANSWER_SECONDS_MAX} seconds
 * is interrupted, which closes its connection: whoever sends half a request, or does not read, costs a thread no longer.
 * Connections beyond what may wait are closed. Thread-safe.
 */
public final class RequestThreads implements Executor, AutoCloseable {
    static final int THREADS = 4;
    static final int WAITING_MAX = 64;
    private static final long LOOK_MILLIS = 500;

    private final Clock clock;
    private final long longestNanos;
    private final ThreadPoolExecutor pool;
    private final ScheduledExecutorService watch;
    /** Since when each busy thread has made no progress. */
    private final Map<Thread, Long> busySinceNanos = new ConcurrentHashMap<>();

    /**
     * Threads for one server.
     *
     * @param longestMillis for one request without progress
     * @param staying threads more, for streams, and for requests that wait for their orders
     */
    public RequestThreads(Clock clock, long longestMillis, int staying) {
        this.clock = clock;
        this.longestNanos = TimeUnit.MILLISECONDS.toNanos(longestMillis);
        this.pool = new ThreadPoolExecutor(
                THREADS + staying,
                THREADS + staying,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(WAITING_MAX),
                task -> daemon(task, "assent-admin"));
        pool.allowCoreThreadTimeOut(true);
        this.watch = new ScheduledThreadPoolExecutor(1, task -> daemon(task, "assent-admin-watch"));
        var unused = watch.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** The server closes the connection of what is rejected. */
    @Override
    public void execute(Runnable task) {
        pool.execute(() -> {
            progress();
            try {
                task.run();
            } finally {
                idle();
            }
        });
    }

    /** The current thread goes on, and is given the whole time again. */
    void progress() {
        busySinceNanos.put(Thread.currentThread(), clock.nanos());
    }

    /** The current thread waits for something that may take as long as it likes. */
    void idle() {
        busySinceNanos.remove(Thread.currentThread());
    }

    private void look() {
        long now = clock.nanos();
        busySinceNanos.forEach((thread, since) -> {
            if (now - since > longestNanos && busySinceNanos.remove(thread, since)) {
                thread.interrupt();
            }
        });
    }

    @Override
    public void close() {
        watch.shutdownNow();
        pool.shutdownNow();
    }
}
