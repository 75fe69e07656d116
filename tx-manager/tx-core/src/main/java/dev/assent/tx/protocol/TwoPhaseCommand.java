package dev.assent.tx.protocol;

import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Outcome;
import java.util.List;

/** What the shell must do for a transaction; each command is answered by an input of the same branch. */
public sealed interface TwoPhaseCommand {

    /** Answered by {@link TwoPhaseInput.Voted}. */
    record Prepare(int branch) implements TwoPhaseCommand {
        @Override
        public void accept(Handler handler) {
            handler.prepare(this);
        }
    }

    /** Nobody waits for the vote any more; whatever it is, it is still answered by {@link TwoPhaseInput.Voted}. */
    record CutShort(int branch) implements TwoPhaseCommand {
        @Override
        public void accept(Handler handler) {
            handler.cutShort(this);
        }
    }

    /** Answered by {@link TwoPhaseInput.Ended}. */
    record CommitOnePhase(int branch) implements TwoPhaseCommand {
        @Override
        public void accept(Handler handler) {
            handler.commitOnePhase(this);
        }
    }

    /** Answered by {@link TwoPhaseInput.Decided}. */
    record WriteDecision(List<Integer> prepared) implements TwoPhaseCommand {
        @Override
        public void accept(Handler handler) {
            handler.writeDecision(this);
        }
    }

    /** Answered by {@link TwoPhaseInput.Ended}. */
    record Commit(int branch, Route route) implements TwoPhaseCommand {
        @Override
        public void accept(Handler handler) {
            handler.commit(this);
        }
    }

    /** Answered by {@link TwoPhaseInput.Ended}. */
    record Rollback(int branch, Route route) implements TwoPhaseCommand {
        @Override
        public void accept(Handler handler) {
            handler.rollback(this);
        }
    }

    /** Answered by {@link TwoPhaseInput.RetryDue} after the pause. */
    record RetryLater(int branch, long pauseMillis) implements TwoPhaseCommand {
        @Override
        public void accept(Handler handler) {
            handler.retryLater(this);
        }
    }

    /** Answered by {@link TwoPhaseInput.AbsenceChecked}. */
    record CheckAbsence(int branch) implements TwoPhaseCommand {
        @Override
        public void accept(Handler handler) {
            handler.checkAbsence(this);
        }
    }

    /** Make it durable, then answer {@link TwoPhaseInput.HeuristicKept}. */
    record KeepHeuristic(int branch, HeuristicOutcome outcome, String cause) implements TwoPhaseCommand {
        @Override
        public void accept(Handler handler) {
            handler.keepHeuristic(this);
        }
    }

    /** The decision record is not needed any more: delete it some time. */
    record ReleaseRecord() implements TwoPhaseCommand {
        @Override
        public void accept(Handler handler) {
            handler.releaseRecord(this);
        }
    }

    /** Tell the caller, once. */
    record Answer(Outcome outcome) implements TwoPhaseCommand {
        @Override
        public void accept(Handler handler) {
            handler.answer(this);
        }
    }

    /** Tell the listeners, once: how it ended, or that this process will never know. */
    record Learned(Outcome outcome) implements TwoPhaseCommand {
        @Override
        public void accept(Handler handler) {
            handler.learned(this);
        }
    }

    /** Nothing is left to do here. */
    record Finish() implements TwoPhaseCommand {
        @Override
        public void accept(Handler handler) {
            handler.finish(this);
        }
    }

    void accept(Handler handler);

    /** One method a record. */
    interface Handler {
        void prepare(Prepare command);

        void cutShort(CutShort command);

        void commitOnePhase(CommitOnePhase command);

        void writeDecision(WriteDecision command);

        void commit(Commit command);

        void rollback(Rollback command);

        void retryLater(RetryLater command);

        void checkAbsence(CheckAbsence command);

        void keepHeuristic(KeepHeuristic command);

        void releaseRecord(ReleaseRecord command);

        void answer(Answer command);

        void learned(Learned command);

        void finish(Finish command);
    }
}
