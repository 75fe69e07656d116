package dev.assent.tx.coordinator;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** How long a resource may take for one answer, and whether answers that were given up still hang. Thread-safe. */
final class Patience {
    private final long millis;
    private final AtomicInteger open = new AtomicInteger();

    Patience(long millis) {
        this.millis = millis;
    }

    long millis() {
        return millis;
    }

    /** The answer, or a {@link java.util.concurrent.TimeoutException} when it takes too long. */
    <T> CompletableFuture<T> bounded(CompletionStage<T> answer) {
        open.incrementAndGet();
        CompletionStage<T> counted = answer.whenComplete((value, failed) -> open.decrementAndGet());
        return counted.toCompletableFuture().copy().orTimeout(millis, TimeUnit.MILLISECONDS);
    }

    /** Whether the resource still has to answer; whatever it is asked now would hang as well. */
    boolean isHanging() {
        return open.get() > 0;
    }
}
