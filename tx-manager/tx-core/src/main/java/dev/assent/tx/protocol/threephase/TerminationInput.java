package dev.assent.tx.protocol.threephase;

import dev.assent.tx.model.Decision;
import dev.assent.tx.protocol.Message;
import dev.assent.tx.protocol.paxos.ProposerInput;

/** What happens while a transaction may have to be terminated. */
public sealed interface TerminationInput extends Message<TerminationInput.Handler> {

    /** The coordinator's link broke, or the deadline passed: a reason to ask, and no more than that. */
    record Suspected() implements TerminationInput {
        @Override
        public void accept(Handler handler) {
            handler.suspected(this);
        }
    }

    /** doCommit or doAbort came, from the coordinator or from whoever terminated the transaction. */
    record DecisionTold(Decision chosen) implements TerminationInput {
        @Override
        public void accept(Handler handler) {
            handler.decisionTold(this);
        }
    }

    /** One method a record, those of the proposer among them. */
    interface Handler extends ProposerInput.Handler {
        void suspected(Suspected input);

        void decisionTold(DecisionTold input);
    }
}
