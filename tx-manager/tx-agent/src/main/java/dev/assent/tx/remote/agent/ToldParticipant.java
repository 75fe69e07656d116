package dev.assent.tx.remote.agent;

import dev.assent.time.Clock;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Vote;
import dev.assent.tx.news.BranchNews;
import dev.assent.tx.spi.Participant;
import dev.assent.tx.spi.PointParticipant;
import dev.assent.tx.spi.ThreePhaseParticipant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** A branch of this service, of which is told. */
final class ToldParticipant implements Participant {
    private final Participant branch;
    private final BranchNews news;
    private final Clock clock;

    ToldParticipant(Participant branch, BranchNews news, Clock clock) {
        this.branch = branch;
        this.news = news;
        this.clock = clock;
    }

    @Override
    public CompletionStage<Vote> prepare(BranchId id) {
        long askedNanos = clock.nanos();
        return branch.prepare(id).whenComplete((vote, failed) -> {
            if (vote != null) {
                news.voted(vote, clock.nanos() - askedNanos);
            }
        });
    }

    @Override
    public CompletionStage<Completion> commit(BranchId id) {
        return ending(true, () -> branch.commit(id));
    }

    @Override
    public CompletionStage<Completion> commitOnePhase(BranchId id) {
        return ending(true, () -> branch.commitOnePhase(id));
    }

    @Override
    public CompletionStage<Completion> rollback(BranchId id) {
        return ending(false, () -> branch.rollback(id));
    }

    private CompletionStage<Completion> ending(boolean commit, Supplier<CompletionStage<Completion>> end) {
        long askedNanos = clock.nanos();
        return end.get().whenComplete((completion, failed) -> {
            if (completion != null) {
                news.answered(commit, completion, clock.nanos() - askedNanos);
            }
        });
    }

    @Override
    public CompletionStage<Completion> forget(BranchId id) {
        return branch.forget(id);
    }

    @Override
    public void cutShort(BranchId id) {
        branch.cutShort(id);
    }

    @Override
    public Optional<PointParticipant> point() {
        return branch.point();
    }

    @Override
    public Optional<ThreePhaseParticipant> threePhase() {
        return branch.threePhase();
    }
}
