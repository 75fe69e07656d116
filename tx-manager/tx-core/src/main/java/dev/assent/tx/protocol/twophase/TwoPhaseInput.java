package dev.assent.tx.protocol.twophase;

import dev.assent.tx.model.CommitResult;
import dev.assent.tx.protocol.BranchInput;
import dev.assent.tx.protocol.Message;
import dev.assent.tx.protocol.TransactionInput;

/** What happens to a transaction in two-phase commit only. */
public sealed interface TwoPhaseInput extends Message<TwoPhaseInput.Handler> {

    /** The decision log answered. */
    record Decided(CommitResult result) implements TwoPhaseInput {
        @Override
        public void accept(Handler handler) {
            handler.decided(this);
        }
    }

    /** One method a record, those of the families that every protocol has among them. */
    interface Handler extends TransactionInput.Handler, BranchInput.Handler {
        void decided(Decided input);
    }
}
