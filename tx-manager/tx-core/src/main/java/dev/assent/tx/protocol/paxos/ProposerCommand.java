package dev.assent.tx.protocol.paxos;

import dev.assent.tx.protocol.Message;

/** What a proposer wants done. */
public sealed interface ProposerCommand extends Message<ProposerCommand.Handler> {

    /** Send it; answered by {@link ProposerInput.AcceptorAnswered}, or by nothing. */
    record AskAcceptor(AcceptorId to, AcceptorRequest request) implements ProposerCommand {
        @Override
        public void accept(Handler handler) {
            handler.askAcceptor(this);
        }
    }

    /**
     * Answered by {@link ProposerInput.ProposalDue} after about so long: proposers that began together must not go on
     * outbidding each other, so the shell adds some randomness.
     */
    record ProposeLater(long pauseMillis) implements ProposerCommand {
        @Override
        public void accept(Handler handler) {
            handler.proposeLater(this);
        }
    }

    /** One method a record. */
    interface Handler {
        void askAcceptor(AskAcceptor command);

        void proposeLater(ProposeLater command);
    }
}
