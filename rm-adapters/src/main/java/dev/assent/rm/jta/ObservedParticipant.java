package dev.assent.rm.jta;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Vote;
import dev.assent.tx.spi.Participant;
import java.util.concurrent.CompletionStage;

/**
 * A branch whose transaction follows, by what the branch is told, how far its end has come: what
 * {@code Transaction.getStatus} answers meanwhile. It changes nothing of what is told or answered.
 */
final class ObservedParticipant implements Participant {
    private final Participant branch;
    private final JtaTransaction transaction;

    ObservedParticipant(Participant branch, JtaTransaction transaction) {
        this.branch = branch;
        this.transaction = transaction;
    }

    @Override
    public CompletionStage<Vote> prepare(BranchId asked) {
        transaction.reached(JtaStatus.PREPARING);
        return branch.prepare(asked).thenApply(this::voted);
    }

    private Vote voted(Vote vote) {
        if (!(vote instanceof Vote.Rollback)) {
            transaction.votedYes();
        }
        return vote;
    }

    @Override
    public CompletionStage<Completion> commit(BranchId asked) {
        transaction.reached(JtaStatus.COMMITTING);
        return branch.commit(asked);
    }

    @Override
    public CompletionStage<Completion> commitOnePhase(BranchId asked) {
        transaction.reached(JtaStatus.COMMITTING);
        return branch.commitOnePhase(asked);
    }

    @Override
    public CompletionStage<Completion> rollback(BranchId asked) {
        transaction.reached(JtaStatus.ROLLING_BACK);
        return branch.rollback(asked);
    }

    @Override
    public CompletionStage<Completion> forget(BranchId asked) {
        return branch.forget(asked);
    }

    @Override
    public void cutShort(BranchId asked) {
        branch.cutShort(asked);
    }
}
