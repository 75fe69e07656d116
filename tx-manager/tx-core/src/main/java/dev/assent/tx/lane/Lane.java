package dev.assent.tx.lane;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that work for one resource and for no other, so that one which hangs costs only itself. Calls that find
 * no thread free wait; calls that find no place to wait are answered at once. A lane that is not used has no threads,
 * so nothing has to close it. Thread-safe; no method blocks.
 */
public final class Lane {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);
    private static final long IDLE_SECONDS = 30;

    private final String name;
    private final Limits limits;
    private final ThreadPoolExecutor threads;
    private final NowAndThen full = new NowAndThen();

    /**
     * How much a resource that hangs can hold.
     *
     * @param threadsMax calls at once
     * @param waitingMax calls that wait for a thread; more are answered at once
     */
    public record Limits(int threadsMax, int waitingMax) {
        public static final Limits DEFAULT = new Limits(16, 1_000);

        public Limits {
            if (threadsMax < 1 || waitingMax < 1) {
                throw new IllegalArgumentException(
                        "a lane has at least 1 thread and 1 place, not " + threadsMax + " and " + waitingMax);
            }
        }
    }

    /** A lane for the resource of that name. */
    public Lane(String name, Limits limits) {
        this.name = name;
        this.limits = limits;
        AtomicInteger number = new AtomicInteger();
        threads = new ThreadPoolExecutor(
                limits.threadsMax(),
                limits.threadsMax(),
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(limits.waitingMax()),
                task -> {
                    Thread thread = new Thread(task, "assent-lane-" + name + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    public String name() {
        return name;
    }

    /** Runs the call on a thread of the lane; false, and said in the log now and then, when there is no place. */
    public boolean offer(Runnable call) {
        try {
            threads.execute(guarded(call));
            return true;
        } catch (RejectedExecutionException none) {
            full.say(more -> LOG.warn("{}{}", whyFull(), more));
            return false;
        }
    }

    /**
     * What {@code call} returns; or what {@code notCalled} makes of the reason why it was never begun, or {@code
     * brokenOff} of a bug that ended it, with effects that nobody knows. The stage never fails.
     */
    public <T> CompletionStage<T> call(Supplier<T> call, Function<String, T> notCalled, Function<String, T> brokenOff) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        boolean taken = offer(() -> answer.complete(answerOf(call, brokenOff)));
        if (!taken) {
            answer.complete(notCalled.apply(whyFull()));
        }
        return answer;
    }

    /** What {@code question} returns; fails with an {@link IOException} that says why when it throws, or finds no place. */
    public <T> CompletionStage<T> ask(Callable<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        boolean taken = offer(() -> {
            try {
                answer.complete(question.call());
            } catch (IOException failed) {
                answer.completeExceptionally(failed);
            } catch (Exception | Error bug) {
                LOG.warn("a question to resource {} failed in a way that it must not", name, bug);
                answer.completeExceptionally(new IOException("resource " + name + " failed: " + bug, bug));
            }
        });
        if (!taken) {
            answer.completeExceptionally(new IOException(whyFull()));
        }
        return answer;
    }

    private <T> T answerOf(Supplier<T> call, Function<String, T> brokenOff) {
        try {
            return call.get();
        } catch (RuntimeException | Error bug) {
            LOG.warn("a call to resource {} failed in a way that it must not", name, bug);
            return brokenOff.apply("resource " + name + " failed: " + bug);
        }
    }

    /** The reason for an answer without a call: names the lane, its resource and the limit. */
    public String whyFull() {
        return "resource " + name + " does not keep up: the " + limits.threadsMax() + " threads of its lane '" + name
                + "' are busy and " + limits.waitingMax() + " calls wait, as many as allowed";
    }

    /** The boundary of what runs here: whatever it throws ends that call, and no thread. */
    private Runnable guarded(Runnable call) {
        return () -> {
            try {
                call.run();
            } catch (RuntimeException | Error bug) {
                LOG.error("work for resource {} failed", name, bug);
            }
        };
    }
}
