package dev.assent.tx.spi;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Vote;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * One branch's side of two-phase commit.
 *
 * <p>No method blocks: what may take long, or hang, is done on threads of the resource's own (a
 * {@link dev.assent.tx.bulkhead.Bulkhead}), and a resource that has none free answers so at once. No method throws, and no
 * stage completes exceptionally: a failure is an answer too. A stage may stay open for ever; only the branch's own
 * transaction waits for it, and not longer than its deadline. Dependents run on the completing thread, and do not
 * block it.
 *
 * <p>Calls come one at a time, each after the stage of the one before has completed; only {@link #cutShort} may come at
 * any time.
 */
public interface Participant {

    /** Phase 1. A failure whose effect is unknown is a vote for rollback, and rollback is then told as well. */
    CompletionStage<Vote> prepare(BranchId branch);

    /** Phase 2 after the decision to commit is durable; told again until the answer is not {@link Completion.Retry}. */
    CompletionStage<Completion> commit(BranchId branch);

    /** Ends a branch that was never asked to prepare, in one step. */
    CompletionStage<Completion> commitOnePhase(BranchId branch);

    /** Ends the branch without effect, prepared or not. */
    CompletionStage<Completion> rollback(BranchId branch);

    /** Lets the resource forget a branch that it ended heuristically. */
    CompletionStage<Completion> forget(BranchId branch);

    /**
     * The transaction can only roll back, and the call under way holds that up: it may be broken off, so that its
     * stage completes soon. Nothing more than a wish; by default it is not heard.
     */
    default void cutShort(BranchId branch) {}

    /** This branch as one that can decide its transaction; empty if it cannot. */
    default Optional<PointParticipant> point() {
        return Optional.empty();
    }

    /** This branch as one whose process is an acceptor; empty if it keeps no registers. */
    default Optional<ThreePhaseParticipant> threePhase() {
        return Optional.empty();
    }
}
