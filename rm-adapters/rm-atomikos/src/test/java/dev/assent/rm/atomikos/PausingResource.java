package dev.assent.rm.atomikos;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Vote;
import dev.assent.tx.spi.Participant;
import dev.assent.tx.spi.ResourceManager;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A resource whose branches vote when a test lets them, and hold nothing. */
final class PausingResource implements ResourceManager {
    static final String NAME = "pausing";

    /** Votes yes, later. */
    static final class Branch implements Participant {
        private final CompletableFuture<Vote> vote = new CompletableFuture<>();

        void votes() {
            vote.complete(new Vote.Prepared());
        }

        @Override
        public CompletionStage<Vote> prepare(BranchId branch) {
            return vote;
        }

        @Override
        public CompletionStage<Completion> commit(BranchId branch) {
            return done();
        }

        @Override
        public CompletionStage<Completion> commitOnePhase(BranchId branch) {
            return done();
        }

        @Override
        public CompletionStage<Completion> rollback(BranchId branch) {
            return done();
        }

        @Override
        public CompletionStage<Completion> forget(BranchId branch) {
            return done();
        }

        private static CompletionStage<Completion> done() {
            return CompletableFuture.completedStage(new Completion.Done());
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public CompletionStage<List<BranchId>> inDoubt() {
        return CompletableFuture.completedStage(List.of());
    }

    @Override
    public Participant recoverer() {
        Branch ended = new Branch();
        ended.votes();
        return ended;
    }
}
