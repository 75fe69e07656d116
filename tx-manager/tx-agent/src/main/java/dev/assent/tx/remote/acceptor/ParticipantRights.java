package dev.assent.tx.remote.acceptor;

import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.protocol.paxos.AcceptorRequest;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * What the acceptor of a service does for whom. What it goes by is on its own disk: in what it has voted, and who the
 * acceptors are. Thread-safe.
 */
public final class ParticipantRights implements AcceptorRights {
    private final AcceptorHost host;
    private final Forgetting forgetting;

    /** Those of {@code host}. */
    public ParticipantRights(AcceptorHost host, Forgetting forgetting) {
        this.host = host;
        this.forgetting = forgetting;
    }

    @Override
    public Asker asker() {
        return Asker.current();
    }

    @Override
    public Optional<String> objectionTo(Asker asker) {
        return Optional.empty();
    }

    @Override
    public CompletionStage<Optional<String>> objectionTo(Asker asker, GlobalTxId transaction, AcceptorRequest request) {
        return request.accept(new AcceptorRequest.Handler<>() {
            @Override
            public CompletionStage<Optional<String>> prepare(AcceptorRequest.Prepare prepare) {
                return CompletableFuture.completedStage(Optional.empty());
            }

            @Override
            public CompletionStage<Optional<String>> accept(AcceptorRequest.Accept accept) {
                return CompletableFuture.completedStage(
                        accept.value() == Decision.COMMIT ? host.objectionToCommit(transaction) : Optional.empty());
            }

            @Override
            public CompletionStage<Optional<String>> forget(AcceptorRequest.Forget forget) {
                return asker.mayBeNode()
                        ? CompletableFuture.completedStage(Optional.empty())
                        : forgetting
                                .isOver(transaction)
                                .handle((over, unended) -> unended == null
                                        ? Optional.empty()
                                        : Optional.of("it is not to be forgotten, as " + reason(unended)));
            }
        });
    }

    private static String reason(Throwable unended) {
        Throwable cause =
                unended instanceof CompletionException && unended.getCause() != null ? unended.getCause() : unended;
        return String.valueOf(cause.getMessage());
    }
}
