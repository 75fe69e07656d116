package dev.assent.tx.remote.host;

import dev.assent.security.CertifiedName;
import dev.assent.security.Role;
import dev.assent.time.Clock;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.protocol.paxos.AcceptorRequest;
import dev.assent.tx.remote.acceptor.AcceptorHost;
import dev.assent.tx.remote.acceptor.AcceptorRights;
import dev.assent.tx.remote.acceptor.Asker;
import dev.assent.tx.remote.host.Callers.Caller;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/** What the acceptor of a node does for whom; it keeps no list of a transaction's acceptors. Thread-safe. */
final class NodeRights implements AcceptorRights {
    /** No service has it forgotten sooner after its deadline; by itself it waits for longer. */
    static final long FORGOTTEN_AFTER_MILLIS = 30_000;

    private final AcceptorHost host;
    private final Clock clock;
    private volatile AgentRules rules = AgentRules.NONE;

    NodeRights(AcceptorHost host, Clock clock) {
        this.host = host;
        this.clock = clock;
    }

    /** What services may do; before the first of them is connected. */
    void rules(AgentRules read) {
        rules = read;
    }

    @Override
    public Asker asker() {
        return new Asker(Caller.current().names());
    }

    @Override
    public Optional<String> objectionTo(Asker asker) {
        return asker.mayBeNode() || rules.list(services(asker))
                ? Optional.empty()
                : Optional.of("who asks an acceptor is listed in agents=, and the certificate names " + asker);
    }

    private static Set<String> services(Asker asker) {
        return asker.names().orElse(Set.of()).stream()
                .filter(name -> name.role() == Role.AGENT)
                .map(CertifiedName::name)
                .collect(Collectors.toSet());
    }

    @Override
    public CompletionStage<Optional<String>> objectionTo(Asker asker, GlobalTxId transaction, AcceptorRequest request) {
        return CompletableFuture.completedStage(
                asker.mayBeNode() ? Optional.empty() : request.accept(new ToService(transaction)));
    }

    /** One method a request of a service. */
    private final class ToService implements AcceptorRequest.Handler<Optional<String>> {
        private final GlobalTxId transaction;

        ToService(GlobalTxId transaction) {
            this.transaction = transaction;
        }

        @Override
        public Optional<String> prepare(AcceptorRequest.Prepare prepare) {
            return Optional.empty();
        }

        /** Where it is told who may what, a service does not bring COMMIT to where no coordinator has. Recovery does. */
        @Override
        public Optional<String> accept(AcceptorRequest.Accept accept) {
            boolean isNew = accept.value() == Decision.COMMIT
                    && !host.acceptedOf(transaction).equals(Optional.of(Decision.COMMIT));
            return isNew && rules.areGiven()
                    ? Optional.of(
                            "no coordinator has proposed COMMIT here; recovery asks for it where a branch is prepared")
                    : Optional.empty();
        }

        @Override
        public Optional<String> forget(AcceptorRequest.Forget forget) {
            return transaction.isPastDeadline(clock.epochMillis() - FORGOTTEN_AFTER_MILLIS)
                    ? Optional.empty()
                    : Optional.of("it is not to be forgotten so soon after its deadline");
        }
    }
}
