package dev.assent.rm.xa;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Vote;
import dev.assent.tx.spi.Participant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A branch whose connection is taken away as soon as it is prepared, when something else has happened: from then on it
 * is driven over fresh ones. Remembers what its commits were answered.
 */
final class DetachedAfterVote implements Participant {
    private final XaParticipant branch;
    private final Step afterPrepare;
    private final List<Completion> answers = new CopyOnWriteArrayList<>();

    /** What happens between the vote and the first telling. */
    interface Step {
        void run() throws Exception;
    }

    DetachedAfterVote(XaParticipant branch, Step afterPrepare) {
        this.branch = branch;
        this.afterPrepare = afterPrepare;
    }

    List<Completion> answers() {
        return List.copyOf(answers);
    }

    @Override
    public CompletionStage<Vote> prepare(BranchId asked) {
        return branch.prepare(asked).thenApplyAsync(this::detach);
    }

    private Vote detach(Vote vote) {
        try {
            afterPrepare.run();
        } catch (Exception e) {
            throw new IllegalStateException("the test's own part failed", e);
        }
        boolean unused = branch.release();
        return vote;
    }

    @Override
    public CompletionStage<Completion> commit(BranchId asked) {
        return branch.commit(asked).whenComplete((answer, failed) -> answers.add(answer));
    }

    @Override
    public CompletionStage<Completion> commitOnePhase(BranchId asked) {
        return branch.commitOnePhase(asked);
    }

    @Override
    public CompletionStage<Completion> rollback(BranchId asked) {
        return branch.rollback(asked);
    }

    @Override
    public CompletionStage<Completion> forget(BranchId asked) {
        return branch.forget(asked);
    }
}
