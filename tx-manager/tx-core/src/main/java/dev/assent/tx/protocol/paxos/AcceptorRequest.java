package dev.assent.tx.protocol.paxos;

import dev.assent.tx.model.Decision;

/** What an acceptor is asked about one transaction. May be lost, late or repeated; answered by an {@link AcceptorReply}. */
public sealed interface AcceptorRequest {

    /** Phase 1a: take part in no lower ballot any more, and tell what you have accepted. */
    record Prepare(Ballot ballot) implements AcceptorRequest {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.prepare(this);
        }
    }

    /** Phase 2a: accept this value. Under ballot 0 it is three-phase commit's preCommit. */
    record Accept(Ballot ballot, Decision value) implements AcceptorRequest {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.accept(this);
        }
    }

    /** Every participant has ended, and a COMMIT is recorded elsewhere: nobody may be answered by it any more. */
    record Forget() implements AcceptorRequest {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.forget(this);
        }
    }

    <R> R accept(Handler<R> handler);

    /** One method a request. */
    interface Handler<R> {
        R prepare(Prepare request);

        R accept(Accept request);

        R forget(Forget request);
    }
}
