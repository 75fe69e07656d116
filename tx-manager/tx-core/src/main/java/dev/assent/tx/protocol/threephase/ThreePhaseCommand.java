package dev.assent.tx.protocol.threephase;

import dev.assent.tx.model.Decision;
import dev.assent.tx.protocol.BranchCommand;
import dev.assent.tx.protocol.BranchInput;
import dev.assent.tx.protocol.Message;
import dev.assent.tx.protocol.TransactionCommand;
import dev.assent.tx.protocol.paxos.AcceptorSet;
import dev.assent.tx.protocol.paxos.ProposerCommand;

/** What three-phase commit wants beyond what branches and acceptors are asked. */
public sealed interface ThreePhaseCommand extends Message<ThreePhaseCommand.Handler> {

    /**
     * canCommit: prepare, and keep the acceptors durably before you vote yes, as you may have to ask them yourself.
     * Answered by {@link BranchInput.Voted}.
     */
    record CanCommit(int branch, AcceptorSet acceptors) implements ThreePhaseCommand {
        @Override
        public void accept(Handler handler) {
            handler.canCommit(this);
        }
    }

    /** Keep the chosen COMMIT where those who ask later look; answered by {@link ThreePhaseInput.OutcomeRecorded}. */
    record RecordOutcome(Decision chosen) implements ThreePhaseCommand {
        @Override
        public void accept(Handler handler) {
            handler.recordOutcome(this);
        }
    }

    /** Every participant has ended, and a COMMIT is recorded: the acceptors may forget. */
    record ForgetRegister(AcceptorSet acceptors) implements ThreePhaseCommand {
        @Override
        public void accept(Handler handler) {
            handler.forgetRegister(this);
        }
    }

    /** One method a record, those of the families that it uses among them. */
    interface Handler extends TransactionCommand.Handler, BranchCommand.Handler, ProposerCommand.Handler {
        void canCommit(CanCommit command);

        void recordOutcome(RecordOutcome command);

        void forgetRegister(ForgetRegister command);
    }
}
