package dev.assent.tx.remote.agent;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The agent's threads and channels; all threads are daemons, so that they never keep a service from ending. */
final class AgentThreads {
    /** Work that waits for a thread; the nodes' own limit a link is lower in sum for any usual number of nodes. */
    private static final int WAITING_MAX = 100_000;

    /** A quiet link is probed this often, so that a half-open one is noticed. */
    private static final long KEEP_ALIVE_SECONDS = 10;

    private static final long KEEP_ALIVE_TIMEOUT_SECONDS = 5;

    private AgentThreads() {}

    /** What comes after the agent closed, or beyond the limit, is dropped: the node tells it again. */
    static ExecutorService commandPool(String name, int threads) {
        return pool(name, threads, new ThreadPoolExecutor.DiscardPolicy());
    }

    /** What comes after the agent closed, or beyond the limit, is refused. */
    static ExecutorService refusingPool(String name, int threads) {
        return pool(name, threads, new ThreadPoolExecutor.AbortPolicy());
    }

    private static ExecutorService pool(String name, int threads, RejectedExecutionHandler beyond) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(WAITING_MAX), factory(name));
        pool.allowCoreThreadTimeOut(true);
        pool.setRejectedExecutionHandler(beyond);
        return pool;
    }

    static ScheduledExecutorService timer(String name) {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, factory(name));
        timer.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
        return Executors.unconfigurableScheduledExecutorService(timer);
    }

    /** Plain text: the endpoint binds the loopback address only, unless it is told to be insecure. */
    static ManagedChannel channel(String target) {
        return ManagedChannelBuilder.forTarget("dns:///" + target)
                .usePlaintext()
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .build();
    }

    private static ThreadFactory factory(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
