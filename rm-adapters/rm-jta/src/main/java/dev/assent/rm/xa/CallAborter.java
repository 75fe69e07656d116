package dev.assent.rm.xa;

import dev.assent.time.Clock;
import dev.assent.tx.bulkhead.Bulkhead;
import dev.assent.tx.bulkhead.ThrottledLog;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Breaks off calls to one resource's driver, on threads that may hang in doing so and in nothing else. None of them
 * waits for another: cancels that hang, as they go over the network, keep no connection from being closed, and neither
 * keeps anybody from seeing what hangs next. Thread-safe.
 */
final class CallAborter {
    private static final Logger LOG = LoggerFactory.getLogger(CallAborter.class);

    /** A driver that does not answer a call of ours for so long loses its connection. */
    static final Duration SILENCE = Duration.ofSeconds(30);

    /** How long a connection is kept open for its cancel to be sent. */
    private static final long CANCEL_MILLIS_MAX = 500;

    /** How long those who need a connection cut wait for it, a cancel included. */
    private static final long CUT_MILLIS_MAX = 1_000;

    /** A connection that takes longer to be closed is told. */
    private static final long SLOW_CUT_MILLIS = 10_000;

    private static final Bulkhead.Limits CANCELS = new Bulkhead.Limits(4, 16);
    private static final Bulkhead.Limits CUTS = new Bulkhead.Limits(4, 1_000);
    private static final Bulkhead.Limits LOOKS = new Bulkhead.Limits(1, 4);

    private static final long LOOK_MILLIS = 1_000;

    private final String resource;
    private final Bulkhead cancels;
    private final Bulkhead cuts;
    private final Bulkhead looks;
    private final ThrottledLog slow = new ThrottledLog();
    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean looking = new AtomicBoolean();

    CallAborter(String resource) {
        this.resource = resource;
        cancels = new Bulkhead(resource + "-cancel", CANCELS);
        cuts = new Bulkhead(resource + "-cut", CUTS);
        looks = new Bulkhead(resource + "-look", LOOKS);
    }

    /**
     * Tries {@code cancel}, but not for long, and then runs {@code abort}. Blocks nobody. The stage completes when that
     * has run, whatever it said, and fails when there is no place for it.
     */
    CompletionStage<Void> cut(Step cancel, Step abort) {
        return cancels.ask(() -> run("a cancel", cancel))
                .toCompletableFuture()
                .orTimeout(CANCEL_MILLIS_MAX, TimeUnit.MILLISECONDS)
                .handle((done, notYet) -> abort)
                .thenCompose(this::cut);
    }

    /** The same when nothing is to be cancelled. */
    CompletionStage<Void> cut(Step abort) {
        CompletableFuture<Void> done =
                cuts.<Void>ask(() -> run("the end of a connection", abort)).toCompletableFuture();
        CompletionStage<Void> unused = done.copy()
                .orTimeout(SLOW_CUT_MILLIS, TimeUnit.MILLISECONDS)
                .whenComplete((cut, failed) -> tellSlow(failed));
        return done;
    }

    private @Nullable Void run(String what, Step step) {
        try {
            step.run();
        } catch (SQLException e) {
            LOG.debug("{} in {} failed, usually because the connection is dead already", what, resource, e);
        }
        return null;
    }

    private void tellSlow(@Nullable Throwable failed) {
        if (failed instanceof TimeoutException) {
            slow.say(more -> LOG.warn(
                    "a connection to resource {} that was given up could not be closed within {} s: its driver hangs in"
                            + " that too, and what runs on it keeps its locks until its server misses it. See whether"
                            + " the database's host answers{}",
                    resource,
                    TimeUnit.MILLISECONDS.toSeconds(SLOW_CUT_MILLIS),
                    more));
        }
    }

    /** A cut, or a moment's end. */
    CompletionStage<Void> soon(CompletionStage<Void> cut) {
        return cut.toCompletableFuture().copy().completeOnTimeout(null, CUT_MILLIS_MAX, TimeUnit.MILLISECONDS);
    }

    /** Waits for a cut, but not longer than a moment; on no thread of a cutter's. */
    void await(CompletionStage<Void> cut) {
        try {
            cut.toCompletableFuture().get(CUT_MILLIS_MAX, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException notYet) {
            LOG.debug("a connection to {} was not cut within {} ms", resource, CUT_MILLIS_MAX, notYet);
        }
    }

    /**
     * Runs a call that may hang on this thread; after {@link #SILENCE} {@code sever}, which must not wait, runs on
     * another.
     */
    <T> T watched(Supplier<T> call, Runnable sever) {
        Watch watch = watch(sever);
        try {
            return call.get();
        } finally {
            watch.end();
        }
    }

    /** After {@link #SILENCE}, and each time again, {@code sever} runs, until the watch has ended. */
    Watch watch(Runnable sever) {
        Watch watch = new Watch(sever);
        watches.add(watch);
        lookSoon();
        return watch;
    }

    /** One look for all calls under way, instead of a timer for each: nearly all of them end in no time. */
    private void lookSoon() {
        if (looking.compareAndSet(false, true)) {
            CompletableFuture.delayedExecutor(LOOK_MILLIS, TimeUnit.MILLISECONDS, this::lookInBulkhead)
                    .execute(this::look);
        }
    }

    /** Not on the threads that all of the application shares: those may be what hangs. */
    private void lookInBulkhead(Runnable look) {
        if (!looks.offer(look)) {
            looking.set(false); // whoever calls the driver next has it looked after again
        }
    }

    private void look() {
        looking.set(false);
        long now = Clock.SYSTEM.nanos();
        for (Watch watch : watches) {
            watch.severAfterSilence(now);
        }
        if (!watches.isEmpty()) {
            lookSoon();
        }
    }

    /** One call under way. */
    final class Watch {
        private final Runnable sever;
        private volatile long sinceNanos = Clock.SYSTEM.nanos();

        private Watch(Runnable sever) {
            this.sever = sever;
        }

        private void severAfterSilence(long nowNanos) {
            if (nowNanos - sinceNanos >= SILENCE.toNanos()) {
                sinceNanos = nowNanos; // again later, should the first cut have found no place
                sever.run();
            }
        }

        void end() {
            watches.remove(this);
        }
    }

    /** One call to a driver. */
    interface Step {
        void run() throws SQLException;
    }
}
