package dev.assent.tx.api;

import dev.assent.tx.model.Outcome;
import java.util.concurrent.CompletionStage;

/**
 * A transaction whose end is waited for by no thread, so that ends that hang hold none. It ends once: whoever asks for an
 * end while one is under way, or is through, hears of that one, whichever was asked for.
 */
public interface StagedTransaction extends GlobalTransaction {

    /** As {@link #commit}; the stage never fails, and completes within the service's patience. */
    CompletionStage<Outcome> commitStage();

    /** As {@link #rollback}; the stage never fails, and completes within the service's patience. */
    CompletionStage<Outcome> rollbackStage(String cause);
}
