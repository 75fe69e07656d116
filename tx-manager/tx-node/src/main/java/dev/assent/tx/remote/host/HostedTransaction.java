package dev.assent.tx.remote.host;

import dev.assent.tx.api.StagedTransaction;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.remote.AgentId;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** A transaction that this node coordinates, with the agents that take part. Thread-safe. */
final class HostedTransaction {
    private final GlobalTxId id;
    private final StagedTransaction transaction;
    private final Set<AgentId> agents = new LinkedHashSet<>();
    private final CompletableFuture<Outcome> end = new CompletableFuture<>();
    private boolean ending;

    HostedTransaction(GlobalTxId id, StagedTransaction transaction) {
        this.id = id;
        this.transaction = transaction;
    }

    GlobalTxId id() {
        return id;
    }

    StagedTransaction transaction() {
        return transaction;
    }

    synchronized void takesPart(AgentId agent) {
        agents.add(agent);
    }

    synchronized Set<AgentId> agents() {
        return new LinkedHashSet<>(agents);
    }

    /** Ends it with {@code how} once; a repeated call gets the first one's outcome. */
    CompletionStage<Outcome> end(Function<StagedTransaction, CompletionStage<Outcome>> how) {
        synchronized (this) {
            if (ending) {
                return end;
            }
            ending = true;
        }
        CompletionStage<Outcome> unused = how.apply(transaction).whenComplete((outcome, failed) -> {
            if (failed == null) {
                end.complete(outcome);
            } else {
                end.completeExceptionally(failed);
            }
        });
        return end;
    }
}
