package dev.assent.tx.protocol;

import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Vote;

/** What comes of {@link BranchCommand}s. Branches are named by their place in the order of enlistment, from 0. */
public sealed interface BranchInput extends Message<BranchInput.Handler> {

    /** A branch answered prepare. */
    record Voted(int branch, Vote vote) implements BranchInput {
        @Override
        public void accept(Handler handler) {
            handler.voted(this);
        }
    }

    /** A branch answered commit, one-phase commit or rollback. */
    record Ended(int branch, Completion completion) implements BranchInput {
        @Override
        public void accept(Handler handler) {
            handler.ended(this);
        }
    }

    /** The pause before telling a branch again is over. */
    record RetryDue(int branch) implements BranchInput {
        @Override
        public void accept(Handler handler) {
            handler.retryDue(this);
        }
    }

    /**
     * Whether anybody but the coordinator may have ended a branch that its resource does not know: recovery, past the
     * deadline or once the epoch was fenced.
     */
    record AbsenceChecked(int branch, boolean endedByRecovery) implements BranchInput {
        @Override
        public void accept(Handler handler) {
            handler.absenceChecked(this);
        }
    }

    /** What a branch did by itself is durable in the ledger. */
    record HeuristicKept(int branch) implements BranchInput {
        @Override
        public void accept(Handler handler) {
            handler.heuristicKept(this);
        }
    }

    /** One method a record. */
    interface Handler {
        void voted(Voted input);

        void ended(Ended input);

        void retryDue(RetryDue input);

        void absenceChecked(AbsenceChecked input);

        void heuristicKept(HeuristicKept input);
    }
}
