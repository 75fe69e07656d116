package dev.assent.tx.protocol.paxos;

import dev.assent.tx.model.Decision;
import java.util.Optional;

/** What an acceptor answers. May be lost, late or repeated. */
public sealed interface AcceptorReply {

    /** Phase 1b: no lower ballot any more; {@code accepted} is what was accepted under the highest one so far. */
    record Promise(Ballot ballot, Optional<Proposal> accepted) implements AcceptorReply {
        @Override
        public void accept(Handler handler) {
            handler.promise(this);
        }
    }

    /** Phase 2b. Under ballot 0 it is the acknowledgement of three-phase commit's preCommit. */
    record Accepted(Ballot ballot, Decision value) implements AcceptorReply {
        @Override
        public void accept(Handler handler) {
            handler.accepted(this);
        }
    }

    /** Nothing was done: {@code promised} stands above {@code asked}. */
    record Refused(Ballot asked, Ballot promised) implements AcceptorReply {
        @Override
        public void accept(Handler handler) {
            handler.refused(this);
        }
    }

    /** Nothing was done: the transaction is over everywhere, and what was known of it is gone. */
    record Forgotten() implements AcceptorReply {
        @Override
        public void accept(Handler handler) {
            handler.forgotten(this);
        }
    }

    void accept(Handler handler);

    /** One method a reply. */
    interface Handler {
        void promise(Promise reply);

        void accepted(Accepted reply);

        void refused(Refused reply);

        void forgotten(Forgotten reply);
    }
}
