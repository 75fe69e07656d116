package dev.assent.outbox.kafka;

import dev.assent.outbox.spi.OutboxStore.Ownership;
import dev.assent.outbox.spi.OwnershipCheck;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Whose a shard is, asked by the shard's own thread on the connection that it has anyway, for itself and for the producers
 * beside it: a transaction that is open must not wait for a connection. A producer hands its question over when its records
 * are acknowledged, and an answer counts for those that were handed over before it was asked for.
 */
final class OwnershipQuestions {
    private final OwnershipCheck database;
    private final Queue<CompletableFuture<Ownership>> waiting = new ConcurrentLinkedQueue<>();

    OwnershipQuestions(OwnershipCheck database) {
        this.database = database;
    }

    /** On the shard's own thread; answers those that wait as well. */
    Ownership ask() throws IOException {
        List<CompletableFuture<Ownership>> handedOver = new ArrayList<>();
        for (CompletableFuture<Ownership> one = waiting.poll(); one != null; one = waiting.poll()) {
            handedOver.add(one);
        }
        try {
            Ownership answer = database.check();
            handedOver.forEach(one -> one.complete(answer));
            return answer;
        } catch (IOException | RuntimeException e) {
            handedOver.forEach(one -> one.completeExceptionally(e));
            throw e;
        }
    }

    /** On the shard's own thread; asks only if somebody waits. */
    void answer() throws IOException {
        if (!waiting.isEmpty()) {
            ask();
        }
    }

    /** On another thread: waits until the shard's own has asked. */
    Ownership handOver() throws IOException {
        CompletableFuture<Ownership> answer = new CompletableFuture<>();
        waiting.add(answer);
        try {
            return answer.get(OwnershipCheck.ANSWER_MAX.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new IOException("the shard's own thread has no answer within " + OwnershipCheck.ANSWER_MAX, e);
        } catch (ExecutionException e) {
            throw new IOException(Optional.ofNullable(e.getCause()).orElse(e).getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while asking whose the shard is", e);
        } finally {
            waiting.removeIf(one -> one == answer);
        }
    }
}
