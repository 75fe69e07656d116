package dev.assent.tx.remote.acceptor;

import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.protocol.paxos.AcceptorRequest;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What an acceptor does for whom, beside what holds for each of them. Thread-safe; must not block. */
public interface AcceptorRights {
    /** Who begins the call that this thread has begun with. */
    Asker asker();

    /** Why {@code asker} may not ask here at all; empty if it may. */
    Optional<String> objectionTo(Asker asker);

    /** Why that is not done for {@code asker}; empty if it is. A failure says that it is not known now. */
    CompletionStage<Optional<String>> objectionTo(Asker asker, GlobalTxId transaction, AcceptorRequest request);
}
