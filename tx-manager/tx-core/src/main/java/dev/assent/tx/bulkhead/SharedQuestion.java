package dev.assent.tx.bulkhead;

import dev.assent.time.Backoff;
import dev.assent.time.Clock;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A question to a resource that many may ask and that is put once at a time: whoever asks while it is under way shares
 * the answer. So a resource that hangs holds one thread of its bulkhead, however often it is asked. Thread-safe.
 *
 * <p>A question that was not answered for very long is taken for lost and put anew; each time that this is needed in a
 * row doubles how long that is, so that one that does hang piles up few.
 */
public final class SharedQuestion<T> {
    /** After so many times the patience of who asks, a question is taken for lost at first. */
    static final int LOST_AFTER_PATIENCES = 12;

    private static final int DOUBLINGS_MAX = 10;

    private final Supplier<CompletionStage<T>> question;
    private final Clock clock;
    private CompletableFuture<T> underWay = CompletableFuture.failedFuture(new IllegalStateException("never asked"));
    private long putNanos;
    private int lostInARow;

    /** @param question puts it, without blocking */
    public SharedQuestion(Supplier<CompletionStage<T>> question) {
        this(question, Clock.SYSTEM);
    }

    /** The same with a clock of the caller's own. */
    SharedQuestion(Supplier<CompletionStage<T>> question, Clock clock) {
        this.question = question;
        this.clock = clock;
    }

    /**
     * The answer, or what the question failed with, or a {@link java.util.concurrent.TimeoutException} when it takes
     * longer than {@code patienceMillis}; whoever asks again then waits for the same.
     */
    public CompletableFuture<T> ask(long patienceMillis) {
        CompletableFuture<T> shared;
        boolean isMine;
        synchronized (this) {
            isMine = isToBePut(patienceMillis);
            if (isMine) {
                underWay = new CompletableFuture<>();
                putNanos = clock.nanos();
            }
            shared = underWay;
        }
        CompletableFuture<T> answer = shared.copy().orTimeout(patienceMillis, TimeUnit.MILLISECONDS);
        if (isMine) {
            put(shared);
        }
        return answer;
    }

    private boolean isToBePut(long patienceMillis) {
        if (underWay.isDone()) {
            lostInARow = 0;
            return true;
        }
        long firstMillis = Math.max(1, LOST_AFTER_PATIENCES * patienceMillis);
        Backoff lostAfter = new Backoff(firstMillis, firstMillis << DOUBLINGS_MAX);
        boolean isLost =
                clock.nanos() - putNanos >= TimeUnit.MILLISECONDS.toNanos(lostAfter.pauseMillis(lostInARow + 1));
        if (isLost && lostInARow < DOUBLINGS_MAX) {
            lostInARow++;
        }
        return isLost;
    }

    private void put(CompletableFuture<T> shared) {
        CompletionStage<T> answer;
        try {
            answer = Objects.requireNonNull(question.get(), "a resource answered with no stage at all");
        } catch (RuntimeException | Error bug) { // an error of a driver's must not leave the question open for ever
            answer = CompletableFuture.failedStage(bug);
        }
        CompletionStage<T> unused = answer.whenComplete((value, failed) -> {
            if (failed == null) {
                shared.complete(value);
            } else {
                shared.completeExceptionally(failed);
            }
        });
    }
}
