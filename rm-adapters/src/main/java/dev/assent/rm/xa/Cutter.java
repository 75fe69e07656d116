package dev.assent.rm.xa;

import dev.assent.tx.lane.Lane;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Breaks off calls to one resource's driver, from threads that may hang in doing so and in nothing else. Thread-safe.
 */
final class Cutter {
    private static final Logger LOG = LoggerFactory.getLogger(Cutter.class);

    /** A driver that does not answer a call of ours for so long loses its connection. */
    static final Duration SILENCE = Duration.ofSeconds(30);

    /** How long those who need a connection cut wait for it. */
    private static final long CUT_MILLIS_MAX = 500;

    private static final Lane.Limits LIMITS = new Lane.Limits(4, 1_000);

    private static final long LOOK_MILLIS = 1_000;

    private final Lane lane;
    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean looking = new AtomicBoolean();

    Cutter(String resource) {
        lane = new Lane(resource + "-cut", LIMITS);
    }

    boolean offer(Runnable cut) {
        return lane.offer(cut);
    }

    /** Does a step that may hang, and waits for it, but not longer than a moment. */
    void soon(String what, Step step) {
        CompletableFuture<Void> done = lane.<Void>ask(() -> {
                    try {
                        step.run();
                    } catch (SQLException e) {
                        throw new IOException(e); // usually because the connection is dead already
                    }
                    return null;
                })
                .toCompletableFuture();
        try {
            done.get(CUT_MILLIS_MAX, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException notYet) {
            LOG.debug("{} was not done within {} ms", what, CUT_MILLIS_MAX, notYet);
        }
    }

    /** Runs a call that may hang on this thread; after {@link #SILENCE} {@code sever} runs on another. */
    <T> T watched(Supplier<T> call, Runnable sever) {
        Watch watch = watch(sever);
        try {
            return call.get();
        } finally {
            watch.end();
        }
    }

    /** After {@link #SILENCE}, or a little later, {@code sever} runs, unless the watch has ended before. */
    Watch watch(Runnable sever) {
        Watch watch = new Watch(sever);
        watches.add(watch);
        lookSoon();
        return watch;
    }

    /** One look for all calls under way, instead of a timer for each: nearly all of them end in no time. */
    private void lookSoon() {
        if (looking.compareAndSet(false, true)) {
            CompletableFuture.delayedExecutor(LOOK_MILLIS, TimeUnit.MILLISECONDS, this::lookOnLane)
                    .execute(this::look);
        }
    }

    /** Not on the threads that all of the application shares: those may be what hangs. */
    private void lookOnLane(Runnable look) {
        if (!offer(look)) {
            looking.set(false); // whoever calls the driver next has it looked after again
        }
    }

    private void look() {
        looking.set(false);
        long now = System.nanoTime();
        for (Watch watch : watches) {
            if (now - watch.begunNanos >= SILENCE.toNanos()) {
                watch.end();
                if (!offer(watch.sever)) {
                    LOG.debug("{} has too much to break off", lane.name());
                }
            }
        }
        if (!watches.isEmpty()) {
            lookSoon();
        }
    }

    /** One call under way. */
    final class Watch {
        private final Runnable sever;
        private final long begunNanos = System.nanoTime();

        private Watch(Runnable sever) {
            this.sever = sever;
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
