package dev.assent.rm.jta;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.PointAnswer;
import dev.assent.tx.model.PointReadiness;
import dev.assent.tx.model.Vote;
import dev.assent.tx.spi.Participant;
import dev.assent.tx.spi.PointParticipant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * A branch whose transaction follows, by what the branch is told, how far its end has come: what
 * {@code Transaction.getStatus} answers meanwhile. It changes nothing of what is told or answered, except for a branch
 * that the application has ended behind our back: that is told as a decision of its own. Thread-safe.
 */
final class ObservedParticipant implements Participant, PointParticipant {
    // Guarded by this.
    private Participant branch;
    private boolean told;

    private final TransactionProgress transaction;
    private final LongSupplier branches;
    private volatile Optional<Completion.Heuristic> endedByApplication = Optional.empty();

    /** @param branches of the transaction here, counted */
    ObservedParticipant(Participant branch, TransactionProgress transaction, LongSupplier branches) {
        this.branch = branch;
        this.transaction = transaction;
        this.branches = branches;
    }

    /**
     * Another connection does the work of the branch, of which none has begun.
     *
     * @throws IllegalStateException the branch was told already how it ends
     */
    synchronized void instead(Participant other) {
        if (told) {
            throw new IllegalStateException("the transaction ends already");
        }
        branch = other;
    }

    /** From now on the branch stays where it is. */
    private synchronized Participant told() {
        told = true;
        return branch;
    }

    private synchronized Participant branch() {
        return branch;
    }

    /** What was done in the branch is out of our hands, committed or, if that is not known, perhaps. */
    void endedByApplication(HeuristicOutcome outcome, String cause) {
        endedByApplication = Optional.of(new Completion.Heuristic(outcome, cause));
    }

    @Override
    public CompletionStage<Vote> prepare(BranchId asked) {
        transaction.reached(JtaStatus.PREPARING);
        if (endedByApplication.isPresent()) {
            return CompletableFuture.completedFuture(
                    new Vote.Rollback(endedByApplication.get().cause()));
        }
        return told().prepare(asked).thenApply(this::voted);
    }

    private Vote voted(Vote vote) {
        if (vote instanceof Vote.Prepared || vote instanceof Vote.ReadOnly) {
            transaction.votedYes(branches.getAsLong());
        }
        return vote;
    }

    @Override
    public CompletionStage<Completion> commit(BranchId asked) {
        transaction.reached(JtaStatus.COMMITTING);
        return told().commit(asked);
    }

    @Override
    public CompletionStage<Completion> commitOnePhase(BranchId asked) {
        transaction.reached(JtaStatus.COMMITTING);
        if (endedByApplication.isPresent()) {
            return rollback(asked);
        }
        return told().commitOnePhase(asked);
    }

    @Override
    public CompletionStage<Completion> rollback(BranchId asked) {
        transaction.reached(JtaStatus.ROLLING_BACK);
        return told().rollback(asked).thenApply(this::truth);
    }

    /** What was committed before stays, also where the resource cannot be asked any more: its branch is gone. */
    private Completion truth(Completion answer) {
        return endedByApplication.<Completion>map(seen -> seen).orElse(answer);
    }

    @Override
    public CompletionStage<Completion> forget(BranchId asked) {
        return told().forget(asked);
    }

    @Override
    public Optional<PointParticipant> point() {
        return branch().point().map(deciding -> this);
    }

    @Override
    public CompletionStage<PointReadiness> ready(BranchId asked, boolean assign) {
        transaction.reached(JtaStatus.PREPARING);
        if (endedByApplication.isPresent()) {
            return CompletableFuture.completedFuture(
                    new PointReadiness.Refused(endedByApplication.get().cause()));
        }
        return deciding().ready(asked, assign).thenApply(this::isReady);
    }

    /** A commit point that can decide has said yes, as far as it ever does. */
    private PointReadiness isReady(PointReadiness readiness) {
        if (readiness instanceof PointReadiness.Assigned) {
            transaction.votedYes(branches.getAsLong());
        }
        return readiness;
    }

    @Override
    public CompletionStage<PointAnswer> commitThrough(BranchId asked, GlobalTxId id, List<BranchName> prepared) {
        transaction.reached(JtaStatus.COMMITTING);
        return deciding().commitThrough(asked, id, prepared);
    }

    private PointParticipant deciding() {
        return told().point().orElseThrow(() -> new IllegalStateException("a branch that cannot decide was asked to"));
    }

    @Override
    public void cutShort(BranchId asked) {
        branch().cutShort(asked);
    }
}
