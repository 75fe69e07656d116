package dev.assent.tx.protocol;

import dev.assent.tx.model.CommitResult;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Vote;

/** What happens to a transaction. Branches are named by their place in the order of enlistment. */
public sealed interface TwoPhaseInput {

    /** The originator asks for commit; no branch is added after this. */
    record CommitAsked() implements TwoPhaseInput {
        @Override
        public void accept(Handler handler) {
            handler.commitAsked(this);
        }
    }

    /** The originator asks for rollback, or the transaction was found rollback-only. */
    record RollbackAsked(String cause) implements TwoPhaseInput {
        @Override
        public void accept(Handler handler) {
            handler.rollbackAsked(this);
        }
    }

    /** A branch answered prepare. */
    record Voted(int branch, Vote vote) implements TwoPhaseInput {
        @Override
        public void accept(Handler handler) {
            handler.voted(this);
        }
    }

    /** The decision log answered. */
    record Decided(CommitResult result) implements TwoPhaseInput {
        @Override
        public void accept(Handler handler) {
            handler.decided(this);
        }
    }

    /** A branch answered commit, one-phase commit or rollback. */
    record Ended(int branch, Completion completion) implements TwoPhaseInput {
        @Override
        public void accept(Handler handler) {
            handler.ended(this);
        }
    }

    /** The pause before telling a branch again is over. */
    record RetryDue(int branch) implements TwoPhaseInput {
        @Override
        public void accept(Handler handler) {
            handler.retryDue(this);
        }
    }

    /**
     * Whether anybody but the coordinator may have ended a branch that its resource does not know: recovery, past the
     * deadline or once the epoch was fenced.
     */
    record AbsenceChecked(int branch, boolean endedByRecovery) implements TwoPhaseInput {
        @Override
        public void accept(Handler handler) {
            handler.absenceChecked(this);
        }
    }

    /** What a branch did by itself is durable in the ledger. */
    record HeuristicKept(int branch) implements TwoPhaseInput {
        @Override
        public void accept(Handler handler) {
            handler.heuristicKept(this);
        }
    }

    /** The transaction's deadline has passed; {@code cause} is what callers hear, and names the time-out. */
    record Expired(String cause) implements TwoPhaseInput {
        @Override
        public void accept(Handler handler) {
            handler.expired(this);
        }
    }

    /** The caller will not wait any longer and wants the truth as far as it is known. */
    record WaitedEnough() implements TwoPhaseInput {
        @Override
        public void accept(Handler handler) {
            handler.waitedEnough(this);
        }
    }

    void accept(Handler handler);

    /** One method a record. */
    interface Handler {
        void commitAsked(CommitAsked input);

        void rollbackAsked(RollbackAsked input);

        void voted(Voted input);

        void decided(Decided input);

        void ended(Ended input);

        void retryDue(RetryDue input);

        void absenceChecked(AbsenceChecked input);

        void heuristicKept(HeuristicKept input);

        void expired(Expired input);

        void waitedEnough(WaitedEnough input);
    }
}
