package dev.assent.tx.protocol;

import dev.assent.coordination.model.Invariants;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Vote;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How far one branch has come. Belongs to one {@link TwoPhaseCommit}. */
final class BranchProgress {

    private enum State {
        WORKING,
        PREPARING,
        PREPARED,
        READ_ONLY,
        REFUSED,
        COMMITTING,
        ROLLING_BACK,
        RETRYING_COMMIT,
        RETRYING_ROLLBACK,
        DECIDED_ALONE,
        ENDED
    }

    private final int index;
    private State state = State.WORKING;
    private int attempts;
    private boolean unconfirmed;
    private boolean cutShort;
    private @Nullable HeuristicOutcome ownDecision;
    private String ownCause = "";

    BranchProgress(int index) {
        this.index = index;
    }

    /** Whether its vote was lost: it may be preparing still. */
    boolean isUnconfirmed() {
        return unconfirmed;
    }

    int index() {
        return index;
    }

    TwoPhaseCommand prepare() {
        state = State.PREPARING;
        return new TwoPhaseCommand.Prepare(index);
    }

    void voted(Vote vote) {
        Invariants.check(state == State.PREPARING, "a vote answers prepare");
        state = vote.accept(new Votes());
        unconfirmed = vote instanceof Vote.Unconfirmed;
    }

    /** One state a vote. */
    private static final class Votes implements Vote.Handler<State> {
        @Override
        public State prepared(Vote.Prepared vote) {
            return State.PREPARED;
        }

        @Override
        public State readOnly(Vote.ReadOnly vote) {
            return State.READ_ONLY;
        }

        @Override
        public State rollback(Vote.Rollback vote) {
            return State.REFUSED;
        }

        @Override
        public State unconfirmed(Vote.Unconfirmed vote) {
            return State.REFUSED;
        }
    }

    /** Once, if the vote is still out. */
    Optional<TwoPhaseCommand> cutShort() {
        if (cutShort || state != State.PREPARING) {
            return Optional.empty();
        }
        cutShort = true;
        return Optional.of(new TwoPhaseCommand.CutShort(index));
    }

    TwoPhaseCommand commit() {
        Invariants.check(
                state == State.PREPARED || state == State.RETRYING_COMMIT, "only a prepared branch commits in phase 2");
        state = State.COMMITTING;
        return new TwoPhaseCommand.Commit(index, told());
    }

    TwoPhaseCommand rollback() {
        state = State.ROLLING_BACK;
        return new TwoPhaseCommand.Rollback(index, told());
    }

    /** The number of earlier attempts; counts one more. */
    int told() {
        return attempts++;
    }

    int attempts() {
        return attempts;
    }

    void retryLater() {
        state = state == State.COMMITTING ? State.RETRYING_COMMIT : State.RETRYING_ROLLBACK;
    }

    void decidedAlone(HeuristicOutcome outcome, String cause) {
        ownDecision = outcome;
        ownCause = cause;
        state = State.DECIDED_ALONE;
    }

    void end() {
        state = State.ENDED;
    }

    boolean hasVoted() {
        return state != State.WORKING && state != State.PREPARING;
    }

    boolean isPreparing() {
        return state == State.PREPARING;
    }

    boolean isPrepared() {
        return state == State.PREPARED;
    }

    boolean toldToCommit() {
        return state == State.COMMITTING || state == State.RETRYING_COMMIT;
    }

    boolean hasEnded() {
        return state == State.ENDED || state == State.READ_ONLY;
    }

    boolean hasAnsweredPhaseTwo() {
        return hasEnded() || state == State.RETRYING_ROLLBACK;
    }

    boolean isReadOnly() {
        return state == State.READ_ONLY;
    }

    /** Which branch, and what is known of why it decided by itself. */
    String describe() {
        return "branch " + index + (ownCause.isEmpty() ? "" : " (" + ownCause + ")");
    }

    Optional<HeuristicOutcome> ownDecision() {
        return Optional.ofNullable(ownDecision);
    }
}
