package dev.assent.tx.protocol.twophase;

import dev.assent.invariants.Invariants;
import dev.assent.tx.model.CommitResult;

/**
 * Brings the COMMIT of one transaction into the store and finds out, through lost connections, whether it is there.
 *
 * <p>After anything but a plain success the record is read before concluding. An attempt without an answer taints all
 * that follows: its record may have been created, obeyed by recovery and deleted, so that a later "no record" under a
 * fenced epoch means unknown. Only when every attempt was answered by a refusal is it certain that COMMIT was never
 * decided. One thread at a time.
 */
public final class DecisionWrite implements DecisionInput.Handler<DecisionCommand> {

    private enum Refusal {
        NONE,
        EPOCH,
        RECORD,
        STORE
    }

    private boolean attemptUnanswered;
    private Refusal refusal = Refusal.NONE;
    private String cause = "";
    private boolean concluded;

    public DecisionCommand begin() {
        return new DecisionCommand.Create();
    }

    public DecisionCommand step(DecisionInput input) {
        Invariants.check(!concluded, "a concluded decision takes no more inputs");
        return input.accept(this);
    }

    @Override
    public DecisionCommand applied(DecisionInput.Applied input) {
        return conclude(new CommitResult.Written());
    }

    @Override
    public DecisionCommand epochRefused(DecisionInput.EpochRefused input) {
        refusal = Refusal.EPOCH;
        return new DecisionCommand.SyncAndRead();
    }

    @Override
    public DecisionCommand recordExists(DecisionInput.RecordExists input) {
        refusal = Refusal.RECORD;
        return new DecisionCommand.SyncAndRead();
    }

    @Override
    public DecisionCommand refused(DecisionInput.Refused input) {
        refusal = Refusal.STORE;
        cause = input.cause();
        return new DecisionCommand.SyncAndRead();
    }

    @Override
    public DecisionCommand connectionLost(DecisionInput.ConnectionLost input) {
        if (refusal == Refusal.NONE) {
            attemptUnanswered = true;
            cause = input.cause();
        }
        return new DecisionCommand.AwaitConnection();
    }

    @Override
    public DecisionCommand reconnected(DecisionInput.Reconnected input) {
        return new DecisionCommand.SyncAndRead();
    }

    @Override
    public DecisionCommand found(DecisionInput.Found input) {
        return conclude(
                switch (input.decision()) {
                    case COMMIT -> new CommitResult.Written();
                    case ABORT -> new CommitResult.Aborted();
                });
    }

    @Override
    public DecisionCommand absent(DecisionInput.Absent input) {
        if (refusal == Refusal.NONE) {
            return new DecisionCommand.Create(); // checks the epoch again, so it cannot revive a deleted record
        }
        if (attemptUnanswered) {
            return conclude(new CommitResult.Unknown("the coordinator's epoch ended while its decision was on the way"
                    + " to the store; ask for the outcome later"));
        }
        return conclude(
                switch (refusal) {
                    case NONE, EPOCH -> new CommitResult.Fenced();
                    case RECORD -> new CommitResult.Aborted(); // only others' records, and those say ABORT
                    case STORE -> new CommitResult.Refused(cause);
                });
    }

    @Override
    public DecisionCommand gaveUp(DecisionInput.GaveUp input) {
        return conclude(
                new CommitResult.Unknown("gave up before the store told whether COMMIT was decided: " + input.cause()));
    }

    private DecisionCommand conclude(CommitResult result) {
        concluded = true;
        return new DecisionCommand.Conclude(result);
    }
}
