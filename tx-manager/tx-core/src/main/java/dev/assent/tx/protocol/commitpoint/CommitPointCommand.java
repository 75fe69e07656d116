package dev.assent.tx.protocol.commitpoint;

import dev.assent.tx.protocol.BranchCommand;
import dev.assent.tx.protocol.Message;
import dev.assent.tx.protocol.TransactionCommand;
import java.util.List;

/** What the commit point protocol wants of the branch that decides, of its resource's table, and of the store. */
public sealed interface CommitPointCommand extends Message<CommitPointCommand.Handler> {

    /**
     * Before any other branch is prepared. Answered by {@link CommitPointInput.PointReady}.
     *
     * @param assign give the branch's transaction an id if it has none, so that it may decide though it only read
     */
    record ReadyPoint(int branch, boolean assign) implements CommitPointCommand {
        @Override
        public void accept(Handler handler) {
            handler.readyPoint(this);
        }
    }

    /** Insert COMMIT, naming the prepared, and commit, in one step. Answered by {@link CommitPointInput.PointAnswered}. */
    record CommitThrough(int branch, List<Integer> prepared) implements CommitPointCommand {
        @Override
        public void accept(Handler handler) {
            handler.commitThrough(this);
        }
    }

    /**
     * Insert ABORT unless a row is there, and tell which is there; waits for a transaction that is inserting one.
     * Answered by {@link CommitPointInput.RowFound} or {@link CommitPointInput.NotTold}.
     */
    record InsertAbort() implements CommitPointCommand {
        @Override
        public void accept(Handler handler) {
            handler.insertAbort(this);
        }
    }

    /** Answered by {@link CommitPointInput.EpochLooked} or {@link CommitPointInput.NotTold}. */
    record LookAtEpoch() implements CommitPointCommand {
        @Override
        public void accept(Handler handler) {
            handler.lookAtEpoch(this);
        }
    }

    /** Every branch has ended: the COMMIT row may be deleted some time. */
    record ReleaseRow() implements CommitPointCommand {
        @Override
        public void accept(Handler handler) {
            handler.releaseRow(this);
        }
    }

    /** One method a record, those of the families that every protocol has among them. */
    interface Handler extends TransactionCommand.Handler, BranchCommand.Handler {
        void readyPoint(ReadyPoint command);

        void commitThrough(CommitThrough command);

        void insertAbort(InsertAbort command);

        void lookAtEpoch(LookAtEpoch command);

        void releaseRow(ReleaseRow command);
    }
}
