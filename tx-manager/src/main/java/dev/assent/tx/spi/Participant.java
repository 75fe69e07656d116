package dev.assent.tx.spi;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Vote;

/**
 * One branch's side of two-phase commit. Calls may block on the resource; they come from one thread at a time, but
 * not always the same one. No method throws for a failure of the resource: the answer tells.
 */
public interface Participant {

    /** Phase 1. A failure whose effect is unknown is a vote for rollback, and rollback is then told as well. */
    Vote prepare(BranchId branch);

    /** Phase 2 after the decision to commit is durable; told again until the answer is not {@link Completion.Retry}. */
    Completion commit(BranchId branch);

    /** Ends a branch that was never asked to prepare, in one step. */
    Completion commitOnePhase(BranchId branch);

    /** Ends the branch without effect, prepared or not. */
    Completion rollback(BranchId branch);

    /** Lets the resource forget a branch that it ended heuristically. */
    Completion forget(BranchId branch);
}
