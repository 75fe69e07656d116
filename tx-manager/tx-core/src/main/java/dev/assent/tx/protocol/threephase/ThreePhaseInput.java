package dev.assent.tx.protocol.threephase;

import dev.assent.tx.model.Decision;
import dev.assent.tx.protocol.BranchInput;
import dev.assent.tx.protocol.Message;
import dev.assent.tx.protocol.TransactionInput;
import dev.assent.tx.protocol.paxos.ProposerInput;

/** What happens to a transaction in three-phase commit only. */
public sealed interface ThreePhaseInput extends Message<ThreePhaseInput.Handler> {

    /** A participant or a node has terminated the transaction, and tells what was chosen. */
    record DecisionLearned(Decision chosen) implements ThreePhaseInput {
        @Override
        public void accept(Handler handler) {
            handler.decisionLearned(this);
        }
    }

    /** The chosen COMMIT is durable where those who ask later look. */
    record OutcomeRecorded() implements ThreePhaseInput {
        @Override
        public void accept(Handler handler) {
            handler.outcomeRecorded(this);
        }
    }

    /** One method a record, those of the families that it uses among them. */
    interface Handler extends TransactionInput.Handler, BranchInput.Handler, ProposerInput.Handler {
        void decisionLearned(DecisionLearned input);

        void outcomeRecorded(OutcomeRecorded input);
    }
}
