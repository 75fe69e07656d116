package dev.assent.tx.end;

import dev.assent.tx.model.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How one transaction ended, as this process learns it: once. Whoever listens hears it once, then or later. Listeners
 * are an application's, and may block: each is called on a thread of the given ones. Thread-safe; no method blocks.
 */
public final class OutcomeOnce {
    private static final Logger LOG = LoggerFactory.getLogger(OutcomeOnce.class);
    private static final CompletionStage<Void> HEARD = CompletableFuture.completedStage(null);

    private final Object transaction;
    private final Executor threads;
    private final List<Consumer<Outcome>> listeners = new ArrayList<>(1);
    private @Nullable Outcome outcome;

    /**
     * The end of a transaction that has not come.
     *
     * @param transaction what it is called in the log
     * @param threads where listeners are called; may refuse, which the log then says
     */
    public OutcomeOnce(Object transaction, Executor threads) {
        this.transaction = transaction;
        this.threads = threads;
    }

    /** Empty while it has not ended. */
    public synchronized Optional<Outcome> outcome() {
        return Optional.ofNullable(outcome);
    }

    /** Whether somebody waits to hear it. */
    public synchronized boolean hasListeners() {
        return !listeners.isEmpty();
    }

    public void onEnd(Consumer<Outcome> listener) {
        Outcome known;
        synchronized (this) {
            known = outcome;
            if (known == null) {
                listeners.add(listener);
            }
        }
        if (known != null) {
            CompletionStage<Void> unused = tellSoon(listener, known);
        }
    }

    /**
     * It ended so; only the first call counts. The stage completes when every listener has heard it, or will not: it
     * never fails.
     */
    public CompletionStage<Void> end(Outcome how) {
        List<Consumer<Outcome>> told;
        synchronized (this) {
            if (outcome != null) {
                return HEARD;
            }
            outcome = how;
            told = List.copyOf(listeners);
            listeners.clear();
        }
        CompletionStage<Void> heard = HEARD;
        for (Consumer<Outcome> listener : told) {
            CompletionStage<Void> one = tellSoon(listener, how);
            heard = heard == HEARD ? one : heard.thenCompose(before -> one);
        }
        return heard;
    }

    private CompletionStage<Void> tellSoon(Consumer<Outcome> listener, Outcome how) {
        CompletableFuture<Void> heard = new CompletableFuture<>();
        try {
            threads.execute(() -> {
                tell(listener, how);
                heard.complete(null);
            });
        } catch (RejectedExecutionException refused) {
            LOG.warn("a listener of {} was not told that it ended: {}", transaction, how, refused);
            heard.complete(null);
        }
        return heard;
    }

    private void tell(Consumer<Outcome> listener, Outcome how) {
        try {
            listener.accept(how);
        } catch (RuntimeException | Error failed) {
            LOG.warn("a listener of {} failed when it heard {}", transaction, how, failed);
        }
    }
}
