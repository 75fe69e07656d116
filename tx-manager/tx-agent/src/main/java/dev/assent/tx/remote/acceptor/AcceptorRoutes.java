package dev.assent.tx.remote.acceptor;

import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.protocol.paxos.AcceptorReply;
import dev.assent.tx.protocol.paxos.AcceptorRequest;
import dev.assent.tx.spi.AcceptorAddresses;
import java.util.concurrent.CompletionStage;

/** How acceptors are reached. No method blocks; a failure says that nothing is known. */
public interface AcceptorRoutes {
    CompletionStage<AcceptorReply> ask(AcceptorAddresses.Entry to, GlobalTxId transaction, AcceptorRequest request);

    CompletionStage<Void> learn(AcceptorAddresses.Entry to, GlobalTxId transaction, Decision chosen);

    /** Whether that acceptor's process holds no branch of it that has not ended; fails if it gives no answer. */
    CompletionStage<Boolean> ended(AcceptorAddresses.Entry whom, GlobalTxId transaction);

    /** These routes, but for one's own acceptor: that is asked without the network, as it may be all that works. */
    static AcceptorRoutes around(AcceptorHost own, AcceptorRoutes others) {
        return new AcceptorRoutes() {
            @Override
            public CompletionStage<AcceptorReply> ask(
                    AcceptorAddresses.Entry to, GlobalTxId transaction, AcceptorRequest request) {
                return to.acceptor().equals(own.id())
                        ? own.ask(transaction, request)
                        : others.ask(to, transaction, request);
            }

            @Override
            public CompletionStage<Void> learn(AcceptorAddresses.Entry to, GlobalTxId transaction, Decision chosen) {
                return others.learn(to, transaction, chosen);
            }

            @Override
            public CompletionStage<Boolean> ended(AcceptorAddresses.Entry whom, GlobalTxId transaction) {
                return whom.acceptor().equals(own.id()) ? own.hasEnded(transaction) : others.ended(whom, transaction);
            }
        };
    }
}
