package dev.assent.rm.xa;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import javax.transaction.xa.XAException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a branch's work, with what the resource said against it. A resource that takes long to take note is not
 * waited for by the application: what comes next for the branch waits for it, without a thread. Thread-safe.
 */
final class EndOfWork {
    private static final Logger LOG = LoggerFactory.getLogger(EndOfWork.class);

    /** How long the application's thread waits for the resource to take note that the work is over. */
    private static final long END_MILLIS_MAX = 1_000;

    private final String described;
    private volatile CompletableFuture<Optional<XAException>> ending =
            CompletableFuture.completedFuture(Optional.empty());

    EndOfWork(String described) {
        this.described = described;
    }

    void is(CompletionStage<Optional<XAException>> under) {
        ending = under.toCompletableFuture();
    }

    <T> CompletionStage<T> then(Function<Optional<XAException>, CompletionStage<T>> next) {
        return ending.thenCompose(next);
    }

    /** Waits, but not longer than a moment; throws what the resource said against it. */
    void await() throws XAException {
        Optional<XAException> objection = Optional.empty();
        try {
            objection = ending.get(END_MILLIS_MAX, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException notYet) {
            LOG.debug("{}: its work has not ended yet", described, notYet);
        }
        if (objection.isPresent()) {
            throw objection.get();
        }
    }
}
