package dev.assent.tx.remote.host;

import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.remote.AgentId;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A transaction that this node coordinates, with the agents that take part. Thread-safe. */
final class HostedTransaction {
    private final GlobalTxId id;
    private final GlobalTransaction transaction;
    private final Set<AgentId> agents = new LinkedHashSet<>();
    private final CompletableFuture<Outcome> end = new CompletableFuture<>();
    private boolean ending;

    HostedTransaction(GlobalTxId id, GlobalTransaction transaction) {
        this.id = id;
        this.transaction = transaction;
    }

    GlobalTxId id() {
        return id;
    }

    GlobalTransaction transaction() {
        return transaction;
    }

    synchronized void takesPart(AgentId agent) {
        agents.add(agent);
    }

    synchronized Set<AgentId> agents() {
        return new LinkedHashSet<>(agents);
    }

    /** Ends it with {@code how} once; a repeated call waits for the first one's outcome. */
    Outcome end(Supplier<Outcome> how) {
        boolean first;
        synchronized (this) {
            first = !ending;
            ending = true;
        }
        if (first) {
            try {
                end.complete(how.get());
            } catch (RuntimeException failed) {
                end.completeExceptionally(failed);
                throw failed;
            }
        }
        return end.join();
    }
}
