package dev.assent.tx.spi;

import dev.assent.event.Lane;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.ResourceIdentity;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A database or queue that can be asked for the branches it holds prepared, and told how they end, without the
 * process that prepared them. No method blocks.
 */
public interface ResourceManager {

    /** The name branches carry (hashed) in their bqual: the same in every process, 1 to 64 of [A-Za-z0-9._-]. */
    String name();

    /**
     * All branches that the resource holds prepared, whoever made them; the caller picks its own by exact match. Fails
     * with an {@link java.io.IOException} when the resource cannot be asked now, and stays open while it hangs.
     */
    CompletionStage<List<BranchId>> inDoubt();

    /**
     * What the resource itself says it is, asked anew each time; empty when it cannot tell. Fails with an
     * {@link java.io.IOException} when it cannot be asked now, and stays open while it hangs.
     */
    default CompletionStage<Optional<ResourceIdentity>> identity() {
        return CompletableFuture.completedStage(Optional.empty());
    }

    /** The decisions that it keeps, if its branches may decide transactions. */
    default Optional<DecisionTable> decisions() {
        return Optional.empty();
    }

    /** Whether it can hold branches prepared; one that cannot takes part as the branch that decides, or alone. */
    default boolean canPrepare() {
        return true;
    }

    /** How busy the threads are that work for it here, if it has such. */
    default Optional<Lane> lane() {
        return Optional.empty();
    }

    /** How people find the branch in the resource's own tools. */
    default String localName(BranchId branch) {
        return "under that id";
    }

    /** The way to end a branch found by {@link #inDoubt}, over a connection of its own. */
    Participant recoverer();
}
