package dev.assent.tx.coordinator;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Vote;
import dev.assent.tx.spi.Participant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Stands in for a resource that must be told nothing now: whatever it is told is to be told again later. */
record Withheld(String why) implements Participant {

    @Override
    public CompletionStage<Vote> prepare(BranchId branch) {
        return CompletableFuture.completedStage(new Vote.Rollback(why));
    }

    @Override
    public CompletionStage<Completion> commit(BranchId branch) {
        return unsent();
    }

    @Override
    public CompletionStage<Completion> commitOnePhase(BranchId branch) {
        return unsent();
    }

    @Override
    public CompletionStage<Completion> rollback(BranchId branch) {
        return unsent();
    }

    @Override
    public CompletionStage<Completion> forget(BranchId branch) {
        return unsent();
    }

    private CompletionStage<Completion> unsent() {
        return CompletableFuture.completedStage(new Completion.Unsent(why));
    }
}
