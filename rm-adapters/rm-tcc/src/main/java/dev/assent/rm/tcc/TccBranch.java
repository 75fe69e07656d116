package dev.assent.rm.tcc;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Vote;
import dev.assent.tx.spi.Participant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A branch in the process that tries: it votes by what became of the try, without asking the database, whose row has been
 * the vote since the try committed. Thread-safe.
 */
final class TccBranch implements Participant {
    private final String resource;
    private final Participant ender;
    private volatile boolean tried;

    TccBranch(String resource, Participant ender) {
        this.resource = resource;
        this.ender = ender;
    }

    /** The try has committed. */
    void tried() {
        tried = true;
    }

    @Override
    public CompletionStage<Vote> prepare(BranchId branch) {
        return CompletableFuture.completedStage(
                tried ? new Vote.Prepared() : new Vote.Rollback("a try in " + resource + " has not committed"));
    }

    @Override
    public CompletionStage<Completion> commit(BranchId branch) {
        return ender.commit(branch);
    }

    @Override
    public CompletionStage<Completion> commitOnePhase(BranchId branch) {
        return tried
                ? ender.commitOnePhase(branch)
                : ender.rollback(branch)
                        .thenApply(answer -> answer instanceof Completion.Done
                                ? new Completion.RolledBack("a try in " + resource + " has not committed")
                                : answer);
    }

    @Override
    public CompletionStage<Completion> rollback(BranchId branch) {
        return ender.rollback(branch);
    }

    @Override
    public CompletionStage<Completion> forget(BranchId branch) {
        return ender.forget(branch);
    }
}
