package dev.assent.rm.jta;

import dev.assent.time.Clock;
import dev.assent.tx.bulkhead.ThrottledLog;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where what follows the end of a transaction runs when no caller waits for it, as with one that was joined:
 * applications' callbacks on threads that they may block as long as they like, and what gives connections back on others,
 * of each pool its own. So a callback that blocks holds up nothing but callbacks, and a database that hangs while its
 * connections go back nothing but these; and where the order of callbacks has it that connections go
 * back after some of them, they wait for these a while only. Thread-safe; threads that are not used end, so nothing has
 * to close this.
 */
final class CompletionThreads {
    private static final Logger LOG = LoggerFactory.getLogger(CompletionThreads.class);

    private static final long LOOK_MILLIS = 250;
    private static final long IDLE_SECONDS = 30;

    private final Limits limits;
    private final ThreadPoolExecutor callbacks;
    private final Map<String, ThreadPoolExecutor> givingBack = new ConcurrentHashMap<>();
    /** Never works for anybody, so that nobody's patience depends on somebody else. */
    private final ThreadPoolExecutor looks = pool("assent-give-back-look", 1, Integer.MAX_VALUE);

    private final ThrottledLog full = new ThrottledLog();
    private final ThrottledLog late = new ThrottledLog();
    /** By identity: there may be several views of one transaction, each with its own connections. */
    private final Map<KeptResources, Holder> waiting = new ConcurrentHashMap<>();

    private final AtomicBoolean looking = new AtomicBoolean();

    /**
     * How much callbacks that block can hold.
     *
     * @param callbackThreads callbacks at once
     * @param callbacksWaiting transactions whose callbacks wait for a thread; more are not told, which the log says
     * @param giveBackThreads connections of one pool that go back at once; more wait
     * @param giveBackPatience how long what a transaction holds waits for the callbacks that come before
     */
    record Limits(int callbackThreads, int callbacksWaiting, int giveBackThreads, Duration giveBackPatience) {
        static final Limits DEFAULT = new Limits(32, 10_000, 8, Duration.ofSeconds(1));
    }

    private record Holder(Object transaction, long sinceNanos) {}

    CompletionThreads(Limits limits) {
        this.limits = limits;
        this.callbacks = pool("assent-callback", limits.callbackThreads(), limits.callbacksWaiting());
    }

    private static ThreadPoolExecutor pool(String name, int threads, int waiting) {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(waiting), task -> {
                    Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** Runs applications' callbacks. */
    void call(Object transaction, Runnable told) {
        try {
            callbacks.execute(guarded(told));
        } catch (RejectedExecutionException none) {
            full.say(more -> LOG.warn(
                    "the callbacks of {} are not told that it ended: {} block, and those of {} transactions wait{}",
                    transaction,
                    limits.callbackThreads(),
                    limits.callbacksWaiting(),
                    more));
        }
    }

    /** Gives back what a transaction holds, soon. */
    void giveBack(HeldForWork held) {
        // Each that waits holds a connection, so the pool is the limit of how many do.
        givingBack
                .computeIfAbsent(
                        held.source(),
                        source -> pool("assent-give-back-" + source, limits.giveBackThreads(), Integer.MAX_VALUE))
                .execute(guarded(held::giveBack));
    }

    /**
     * From now on until {@link #cameBack}, what is kept waits for callbacks of {@code transaction}; in the end it is
     * given back all the same. The patience runs from the first call on.
     */
    void awaitCallbacks(Object transaction, KeptResources kept) {
        if (waiting.putIfAbsent(kept, new Holder(transaction, Clock.SYSTEM.nanos())) == null) {
            lookSoon();
        }
    }

    /** It waits for callbacks no more. */
    void cameBack(KeptResources kept) {
        waiting.remove(kept);
    }

    /** One look for all, instead of a timer for each: nearly all callbacks take no time. */
    private void lookSoon() {
        if (looking.compareAndSet(false, true)) {
            CompletableFuture.delayedExecutor(LOOK_MILLIS, TimeUnit.MILLISECONDS, looks)
                    .execute(guarded(this::look));
        }
    }

    private void look() {
        looking.set(false);
        long now = Clock.SYSTEM.nanos();
        waiting.forEach((kept, holder) -> {
            boolean overdue =
                    now - holder.sinceNanos() >= limits.giveBackPatience().toNanos();
            if (overdue && waiting.remove(kept, holder)) {
                late.say(more -> LOG.warn(
                        "{}: a callback after completion has not returned within {} ms; the transaction's connections go"
                                + " back without it{}",
                        holder.transaction(),
                        limits.giveBackPatience().toMillis(),
                        more));
                kept.giveBack(this::giveBack);
            }
        });
        if (!waiting.isEmpty()) {
            lookSoon();
        }
    }

    /** The boundary of these threads: a failure costs what failed. */
    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error bug) {
                LOG.error("what follows the end of a transaction failed", bug);
            }
        };
    }
}
