package dev.assent.tx.bulkhead;

import dev.assent.event.Lane;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that work for one resource and for no other, so that one which hangs costs only itself. Calls that find
 * no thread free wait; calls that find no place to wait are answered at once. A bulkhead that is not used has no threads,
 * so nothing has to close it. Thread-safe; no method blocks.
 */
public final class Bulkhead implements Lane {
    private static final Logger LOG = LoggerFactory.getLogger(Bulkhead.class);
    private static final Duration IDLE = Duration.ofSeconds(30);

    private final String name;
    private final Limits limits;
    private final BulkheadThreads threads;
    private final ThrottledLog full = new ThrottledLog();

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
                        "a bulkhead has at least 1 thread and 1 place, not " + threadsMax + " and " + waitingMax);
            }
        }
    }

    /** A bulkhead for the resource of that name. */
    public Bulkhead(String name, Limits limits) {
        this(name, limits, Thread::new);
    }

    /** The same with threads from elsewhere. */
    Bulkhead(String name, Limits limits, ThreadFactory factory) {
        this.name = name;
        this.limits = limits;
        AtomicInteger number = new AtomicInteger();
        threads = new BulkheadThreads(
                limits,
                IDLE,
                work -> {
                    Thread thread = factory.newThread(work);
                    thread.setName("assent-bulkhead-" + name + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                },
                bug -> LOG.error("work for resource {} failed", name, bug));
    }

    public String name() {
        return name;
    }

    @Override
    public int running() {
        return threads.running();
    }

    @Override
    public int waiting() {
        return threads.waiting();
    }

    /** Runs the call on a thread of the bulkhead; false, and said in the log now and then, when there is no place. */
    public boolean offer(Runnable call) {
        return refusal(call).isEmpty();
    }

    /** Why the call is not run; empty if it is. */
    private Optional<String> refusal(Runnable call) {
        Optional<String> why =
                switch (threads.take(call)) {
                    case YES -> Optional.empty();
                    case FULL -> Optional.of(whyFull());
                    case NO_THREAD -> Optional.of(whyNoThread());
                };
        why.ifPresent(told -> full.say(more -> LOG.warn("{}{}", told, more)));
        return why;
    }

    /**
     * What {@code call} returns; or what {@code notCalled} makes of the reason why it was never begun, or {@code
     * brokenOff} of a bug that ended it, with effects that nobody knows. The stage never fails.
     */
    public <T> CompletionStage<T> call(Supplier<T> call, Function<String, T> notCalled, Function<String, T> brokenOff) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Optional<String> refusal = refusal(() -> answer.complete(answerOf(call, brokenOff)));
        refusal.ifPresent(why -> answer.complete(notCalled.apply(why)));
        return answer;
    }

    /** What {@code question} returns; fails with an {@link IOException} that says why when it throws, or finds no place. */
    public <T> CompletionStage<T> ask(Callable<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Optional<String> refusal = refusal(() -> {
            try {
                answer.complete(question.call());
            } catch (IOException failed) {
                answer.completeExceptionally(failed);
            } catch (Exception | Error bug) {
                LOG.warn("a question to resource {} failed in a way that it must not", name, bug);
                answer.completeExceptionally(new IOException("resource " + name + " failed: " + bug, bug));
            }
        });
        refusal.ifPresent(why -> answer.completeExceptionally(new IOException(why)));
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

    /** The reason for an answer without a call: names the bulkhead, its resource and the limit. */
    private String whyFull() {
        return "resource " + name + " does not keep up: the " + limits.threadsMax() + " threads of its bulkhead '"
                + name + "' are busy and " + limits.waitingMax() + " calls wait, as many as allowed";
    }

    private String whyNoThread() {
        return "the bulkhead '" + name + "' of resource " + name
                + " has no thread and is given none: this process has as"
                + " many as its system allows, or no memory for another. Raise that limit (ulimit -u, pids.max of its"
                + " container) or give it memory";
    }
}
