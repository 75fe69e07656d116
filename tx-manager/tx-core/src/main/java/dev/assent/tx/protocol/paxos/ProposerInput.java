package dev.assent.tx.protocol.paxos;

import dev.assent.tx.protocol.Message;

/** What comes of {@link ProposerCommand}s. */
public sealed interface ProposerInput extends Message<ProposerInput.Handler> {

    /** An acceptor has answered. */
    record AcceptorAnswered(AcceptorId from, AcceptorReply reply) implements ProposerInput {
        @Override
        public void accept(Handler handler) {
            handler.acceptorAnswered(this);
        }
    }

    /** The pause before asking again is over. */
    record ProposalDue() implements ProposerInput {
        @Override
        public void accept(Handler handler) {
            handler.proposalDue(this);
        }
    }

    /** One method a record. */
    interface Handler {
        void acceptorAnswered(AcceptorAnswered input);

        void proposalDue(ProposalDue input);
    }
}
