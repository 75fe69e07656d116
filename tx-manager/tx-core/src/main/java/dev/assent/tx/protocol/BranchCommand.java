package dev.assent.tx.protocol;

import dev.assent.tx.model.HeuristicOutcome;

/** What is to be done about one branch; each is answered by a {@link BranchInput} of the same branch. */
public sealed interface BranchCommand extends Message<BranchCommand.Handler> {

    /** Answered by {@link BranchInput.Voted}. */
    record Prepare(int branch) implements BranchCommand {
        @Override
        public void accept(Handler handler) {
            handler.prepare(this);
        }
    }

    /** Nobody waits for the vote any more; whatever it is, it is still answered by {@link BranchInput.Voted}. */
    record CutShort(int branch) implements BranchCommand {
        @Override
        public void accept(Handler handler) {
            handler.cutShort(this);
        }
    }

    /** Answered by {@link BranchInput.Ended}. */
    record CommitOnePhase(int branch) implements BranchCommand {
        @Override
        public void accept(Handler handler) {
            handler.commitOnePhase(this);
        }
    }

    /** Answered by {@link BranchInput.Ended}. */
    record Commit(int branch, Route route) implements BranchCommand {
        @Override
        public void accept(Handler handler) {
            handler.commit(this);
        }
    }

    /** Answered by {@link BranchInput.Ended}. */
    record Rollback(int branch, Route route) implements BranchCommand {
        @Override
        public void accept(Handler handler) {
            handler.rollback(this);
        }
    }

    /** Answered by {@link BranchInput.RetryDue} after the pause. */
    record RetryLater(int branch, long pauseMillis) implements BranchCommand {
        @Override
        public void accept(Handler handler) {
            handler.retryLater(this);
        }
    }

    /** Answered by {@link BranchInput.AbsenceChecked}. */
    record CheckAbsence(int branch) implements BranchCommand {
        @Override
        public void accept(Handler handler) {
            handler.checkAbsence(this);
        }
    }

    /** Make it durable, then answer {@link BranchInput.HeuristicKept}. */
    record KeepHeuristic(int branch, HeuristicOutcome outcome, String cause) implements BranchCommand {
        @Override
        public void accept(Handler handler) {
            handler.keepHeuristic(this);
        }
    }

    /** One method a record. */
    interface Handler {
        void prepare(Prepare command);

        void cutShort(CutShort command);

        void commitOnePhase(CommitOnePhase command);

        void commit(Commit command);

        void rollback(Rollback command);

        void retryLater(RetryLater command);

        void checkAbsence(CheckAbsence command);

        void keepHeuristic(KeepHeuristic command);
    }
}
