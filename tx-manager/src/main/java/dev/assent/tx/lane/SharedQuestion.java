package dev.assent.tx.lane;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A question to a resource that many may ask and that is put once at a time: whoever asks while it is under way shares
 * the answer. So a resource that hangs holds one thread of its lane, however often it is asked. Thread-safe.
 */
public final class SharedQuestion<T> {
    private final Supplier<CompletionStage<T>> question;
    private CompletableFuture<T> underWay = CompletableFuture.failedFuture(new IllegalStateException("never asked"));

    /** @param question puts it, without blocking */
    public SharedQuestion(Supplier<CompletionStage<T>> question) {
        this.question = question;
    }

    /**
     * The answer, or what the question failed with, or a {@link java.util.concurrent.TimeoutException} when it takes
     * longer than {@code patienceMillis}; whoever asks again then waits for the same.
     */
    public CompletableFuture<T> ask(long patienceMillis) {
        CompletableFuture<T> shared;
        boolean isMine;
        synchronized (this) {
            isMine = underWay.isDone();
            if (isMine) {
                underWay = new CompletableFuture<>();
            }
            shared = underWay;
        }
        CompletableFuture<T> answer = shared.copy().orTimeout(patienceMillis, TimeUnit.MILLISECONDS);
        if (isMine) {
            put(shared);
        }
        return answer;
    }

    private void put(CompletableFuture<T> shared) {
        CompletionStage<T> answer;
        try {
            answer = question.get();
        } catch (RuntimeException bug) {
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
