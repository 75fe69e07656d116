package dev.assent.tx.protocol.twophase;

import dev.assent.tx.protocol.BranchCommand;
import dev.assent.tx.protocol.Message;
import dev.assent.tx.protocol.TransactionCommand;
import java.util.List;

/** What two-phase commit wants of the decision log. */
public sealed interface TwoPhaseCommand extends Message<TwoPhaseCommand.Handler> {

    /** Answered by {@link TwoPhaseInput.Decided}. */
    record WriteDecision(List<Integer> prepared) implements TwoPhaseCommand {
        @Override
        public void accept(Handler handler) {
            handler.writeDecision(this);
        }
    }

    /** The decision record is not needed any more: delete it some time. */
    record ReleaseRecord() implements TwoPhaseCommand {
        @Override
        public void accept(Handler handler) {
            handler.releaseRecord(this);
        }
    }

    /** One method a record, those of the families that every protocol has among them. */
    interface Handler extends TransactionCommand.Handler, BranchCommand.Handler {
        void writeDecision(WriteDecision command);

        void releaseRecord(ReleaseRecord command);
    }
}
