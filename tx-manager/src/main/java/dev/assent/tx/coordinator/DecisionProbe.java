package dev.assent.tx.coordinator;

import dev.assent.tx.model.EpochRef;
import dev.assent.tx.store.ZnodeEpochs;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Whether the store would take a decision. However often it is asked, one question is under way at a time, so that a
 * store that does not answer collects none. Thread-safe.
 */
final class DecisionProbe {
    private final ZnodeEpochs epochs;
    private @Nullable CompletableFuture<Optional<String>> underWay;

    DecisionProbe(ZnodeEpochs epochs) {
        this.epochs = epochs;
    }

    /** Why not; empty if it would. */
    Optional<String> obstacle(EpochRef epoch, Duration patience) {
        try {
            return question(epoch).get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return Optional.of("the store does not answer within " + patience.toMillis() + " ms");
        } catch (ExecutionException e) {
            return Optional.of("the store cannot be asked: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted while the store was asked");
        }
    }

    private synchronized CompletableFuture<Optional<String>> question(EpochRef epoch) {
        CompletableFuture<Optional<String>> question = underWay;
        if (question == null || question.isDone()) {
            question = epochs.whyNoCommit(epoch);
            underWay = question;
        }
        return question;
    }
}
