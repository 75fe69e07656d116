package dev.assent.tx.protocol.commitpoint;

import dev.assent.tx.model.Decision;
import dev.assent.tx.model.PointAnswer;
import dev.assent.tx.model.PointReadiness;
import dev.assent.tx.protocol.BranchInput;
import dev.assent.tx.protocol.Message;
import dev.assent.tx.protocol.TransactionInput;

/** What comes of {@link CommitPointCommand}s. */
public sealed interface CommitPointInput extends Message<CommitPointInput.Handler> {

    /** The commit point's branch told whether it may decide. */
    record PointReady(PointReadiness readiness) implements CommitPointInput {
        @Override
        public void accept(Handler handler) {
            handler.pointReady(this);
        }
    }

    /** The commit point's branch answered its commit. */
    record PointAnswered(PointAnswer answer) implements CommitPointInput {
        @Override
        public void accept(Handler handler) {
            handler.pointAnswered(this);
        }
    }

    /** The row that is there, after ABORT was inserted if there was none. */
    record RowFound(Decision decision) implements CommitPointInput {
        @Override
        public void accept(Handler handler) {
            handler.rowFound(this);
        }
    }

    /** Whether the transaction's epoch was over, looked at after the row was found. */
    record EpochLooked(boolean fenced) implements CommitPointInput {
        @Override
        public void accept(Handler handler) {
            handler.epochLooked(this);
        }
    }

    /** Whoever was asked last, the commit point's resource or the store, cannot tell now. */
    record NotTold(String cause) implements CommitPointInput {
        @Override
        public void accept(Handler handler) {
            handler.notTold(this);
        }
    }

    /** One method a record, those of the families that every protocol has among them. */
    interface Handler extends TransactionInput.Handler, BranchInput.Handler {
        void pointReady(PointReady input);

        void pointAnswered(PointAnswered input);

        void rowFound(RowFound input);

        void epochLooked(EpochLooked input);

        void notTold(NotTold input);
    }
}
