package dev.assent.tx.remote.agent;

import dev.assent.security.Role;
import dev.assent.tx.remote.GrpcSecurity;
import io.grpc.ManagedChannel;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The agent's threads and channels; all threads are daemons, so that they never keep a service from ending. */
final class AgentThreads {
    /** Listeners' calls and questions that wait for a thread. */
    private static final int WAITING_MAX = 100_000;

    /** A quiet link is probed this often, so that a half-open one is noticed. */
    private static final long KEEP_ALIVE_SECONDS = 10;

    private static final long KEEP_ALIVE_TIMEOUT_SECONDS = 5;

    private AgentThreads() {}

    /** Threads that listeners or questions may hold; what comes after the agent closed, or beyond the limit, is refused. */
    static ExecutorService pool(String name, int threads) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(WAITING_MAX), factory(name));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    static ScheduledExecutorService timer(String name) {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, factory(name));
        timer.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
        return Executors.unconfigurableScheduledExecutorService(timer);
    }

    /**
     * To somebody with one of the roles. What is read is handled on the thread that reads it, since nothing of that
     * blocks: a hand-over costs more than most of it.
     */
    static ManagedChannel channel(GrpcSecurity security, String target, Role... answering) {
        return security.dial(target, answering)
                .directExecutor()
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
