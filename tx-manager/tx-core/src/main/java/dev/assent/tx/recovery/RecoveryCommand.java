package dev.assent.tx.recovery;

import dev.assent.tx.model.GcMark;
import dev.assent.tx.model.ParsedBranch;

/** What a recovery pass over one resource must do. The commands of a plan may run in any order. */
public sealed interface RecoveryCommand {

    ParsedBranch.Ours branch();

    /** A COMMIT record names its transaction: commit. */
    record Commit(ParsedBranch.Ours branch) implements RecoveryCommand {
        @Override
        public void accept(Handler handler) {
            handler.commit(this);
        }
    }

    /** Decided ABORT, or presumed so under a fenced epoch: roll back. */
    record Rollback(ParsedBranch.Ours branch, String reason) implements RecoveryCommand {
        @Override
        public void accept(Handler handler) {
            handler.rollback(this);
        }
    }

    /** Past its deadline under a live epoch: decide ABORT if nothing is decided, then do what is decided. */
    record Terminate(ParsedBranch.Ours branch, GcMark mark) implements RecoveryCommand {
        @Override
        public void accept(Handler handler) {
            handler.terminate(this);
        }
    }

    /** Something is decided that cannot be read: the branch stays as it is, and an operator is told. */
    record LeaveAlone(ParsedBranch.Ours branch, String why) implements RecoveryCommand {
        @Override
        public void accept(Handler handler) {
            handler.leaveAlone(this);
        }
    }

    /** Its commit point decides: insert ABORT there unless a row is there, then do what the row says. */
    record TerminateAtPoint(ParsedBranch.Ours branch) implements RecoveryCommand {
        @Override
        public void accept(Handler handler) {
            handler.terminateAtPoint(this);
        }
    }

    /** Its acceptors decide: have ABORT chosen unless something is, then do what is chosen. */
    record TerminateAtAcceptors(ParsedBranch.Ours branch) implements RecoveryCommand {
        @Override
        public void accept(Handler handler) {
            handler.terminateAtAcceptors(this);
        }
    }

    void accept(Handler handler);

    /** One method a command. */
    interface Handler {
        void commit(Commit command);

        void rollback(Rollback command);

        void terminate(Terminate command);

        void leaveAlone(LeaveAlone command);

        void terminateAtPoint(TerminateAtPoint command);

        void terminateAtAcceptors(TerminateAtAcceptors command);
    }
}
