package dev.assent.tx.protocol;

import dev.assent.invariants.Invariants;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Vote;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How far one branch has come, and what its tellings came to. Belongs to one protocol's machine. */
public final class BranchProgress {
    /** So often whoever did the work is asked about a branch that is gone, before it counts as not knowing either. */
    private static final int ASKED_BACK_MAX = 3;

    /** With growing pauses, most of a minute in all; what turns up prepared later is recovery's, at the deadline. */
    private static final int ABSENCES_MAX = 12;

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
    private int rollbacksTold;
    private Route route = Route.WORKER;
    private boolean mayHaveObeyed;
    private boolean askingBack;
    private int askedBack;
    private int absences;
    private boolean votedYes;
    private boolean unconfirmed;
    private boolean cutShort;
    private @Nullable HeuristicOutcome ownDecision;
    private String ownCause = "";

    BranchProgress(int index) {
        this.index = index;
    }

    public int index() {
        return index;
    }

    public BranchCommand prepare() {
        state = State.PREPARING;
        attempts = 0;
        return new BranchCommand.Prepare(index);
    }

    /** It is asked something else than its vote, and told nothing until it has answered. */
    public void ask() {
        state = State.PREPARING;
    }

    /** It has answered, and is as it was before. */
    public void hasAnswered() {
        Invariants.check(state == State.PREPARING, "an answer follows a question");
        state = State.WORKING;
        cutShort = false;
    }

    /** Takes its vote; the answer is why that is a no, and empty for a yes. */
    public Optional<String> voted(Vote vote) {
        Invariants.check(state == State.PREPARING, "a vote answers prepare");
        state = vote.accept(new Votes());
        votedYes = vote instanceof Vote.Prepared;
        unconfirmed = vote instanceof Vote.Unconfirmed;
        return vote.accept(REFUSALS);
    }

    private static final Vote.Handler<Optional<String>> REFUSALS = new Vote.Handler<>() {
        @Override
        public Optional<String> prepared(Vote.Prepared vote) {
            return Optional.empty();
        }

        @Override
        public Optional<String> readOnly(Vote.ReadOnly vote) {
            return Optional.empty();
        }

        @Override
        public Optional<String> rollback(Vote.Rollback vote) {
            return Optional.of(vote.cause());
        }

        @Override
        public Optional<String> unconfirmed(Vote.Unconfirmed vote) {
            return Optional.of(vote.cause());
        }
    };

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
    public Optional<BranchCommand> cutShort() {
        if (cutShort || state != State.PREPARING) {
            return Optional.empty();
        }
        cutShort = true;
        return Optional.of(new BranchCommand.CutShort(index));
    }

    public BranchCommand commitOnePhase() {
        attempts++;
        return new BranchCommand.CommitOnePhase(index);
    }

    public BranchCommand commit() {
        Invariants.check(
                state == State.PREPARED || state == State.RETRYING_COMMIT, "only a prepared branch commits in phase 2");
        state = State.COMMITTING;
        return telling(attempts == 0 ? Route.WORKER : Route.ANY);
    }

    /**
     * What is not known to be prepared is perhaps in its worker's hands only, whatever recovery can reach. So the worker
     * is told first and every other time; for ever it is not waited for, as it may be dead.
     */
    public BranchCommand rollback() {
        state = State.ROLLING_BACK;
        boolean isForWorker = votedYes ? attempts == 0 : rollbacksTold % 2 == 0;
        rollbacksTold++;
        return telling(isForWorker ? Route.WORKER : Route.ANY);
    }

    /** Of a branch that was told to commit in one phase: only who works in it can roll back what is not prepared. */
    public BranchCommand abandon() {
        state = State.ROLLING_BACK;
        return telling(Route.WORKER);
    }

    /** The same telling once more, for its answer: a branch that is gone obeys nobody. Empty if that is no use. */
    public Optional<BranchCommand> askBack() {
        if (route == Route.WORKER || askedBack >= ASKED_BACK_MAX) {
            return Optional.empty();
        }
        askedBack++;
        BranchCommand again = telling(Route.WORKER);
        askingBack = true;
        return Optional.of(again);
    }

    private BranchCommand telling(Route way) {
        attempts++;
        route = way;
        askingBack = false;
        return state == State.COMMITTING
                ? new BranchCommand.Commit(index, way)
                : new BranchCommand.Rollback(index, way);
    }

    /** The last telling may have been carried out, though nobody knows. */
    public void unanswered() {
        mayHaveObeyed |= !askingBack;
    }

    /** Whether a telling of ours explains that the branch is gone. */
    public boolean mayHaveObeyed() {
        return mayHaveObeyed;
    }

    /** Whether it was prepared for certain, so that somebody has ended it if it is gone. */
    public boolean votedYes() {
        return votedYes;
    }

    /** It is not there. Whether it may turn out prepared yet, as its vote was lost. */
    public boolean mayTurnUpAfterAbsence() {
        absences++;
        return unconfirmed && absences < ABSENCES_MAX;
    }

    public int attempts() {
        return attempts;
    }

    public void retryLater() {
        state = state == State.COMMITTING ? State.RETRYING_COMMIT : State.RETRYING_ROLLBACK;
    }

    public void decidedAlone(HeuristicOutcome outcome, String cause) {
        ownDecision = outcome;
        ownCause = cause;
        state = State.DECIDED_ALONE;
    }

    public void end() {
        state = State.ENDED;
    }

    public boolean hasVoted() {
        return state != State.WORKING && state != State.PREPARING;
    }

    public boolean isPreparing() {
        return state == State.PREPARING;
    }

    public boolean isPrepared() {
        return state == State.PREPARED;
    }

    public boolean toldToCommit() {
        return state == State.COMMITTING || state == State.RETRYING_COMMIT;
    }

    public boolean hasEnded() {
        return state == State.ENDED || state == State.READ_ONLY;
    }

    public boolean hasAnsweredPhaseTwo() {
        return hasEnded() || state == State.RETRYING_ROLLBACK;
    }

    public boolean isReadOnly() {
        return state == State.READ_ONLY;
    }

    /** Which branch, and what is known of why it decided by itself. */
    public String describe() {
        return "branch " + index + (ownCause.isEmpty() ? "" : " (" + ownCause + ")");
    }

    public Optional<HeuristicOutcome> ownDecision() {
        return Optional.ofNullable(ownDecision);
    }
}
