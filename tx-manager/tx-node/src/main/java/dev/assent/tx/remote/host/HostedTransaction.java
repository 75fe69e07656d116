package dev.assent.tx.remote.host;

import dev.assent.tx.api.StagedTransaction;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.remote.AgentId;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A transaction that this node coordinates, with the agents that take part. Thread-safe. */
final class HostedTransaction {
    private final GlobalTxId id;
    private final StagedTransaction transaction;
    private final Set<AgentId> agents = new LinkedHashSet<>();
    private final Parties parties;
    private @Nullable CompletionStage<Void> brought;

    HostedTransaction(GlobalTxId id, StagedTransaction transaction, Parties parties) {
        this.parties = parties;
        this.id = id;
        this.transaction = transaction;
    }

    GlobalTxId id() {
        return id;
    }

    StagedTransaction transaction() {
        return transaction;
    }

    Parties parties() {
        return parties;
    }

    /**
     * Takes in the branches that an agent brings with the end, once: the agent may bring them again, and the end is not
     * begun before all of them are in.
     */
    synchronized CompletionStage<Void> takeIn(Supplier<CompletionStage<Void>> branches) {
        if (brought == null) {
            brought = branches.get();
        }
        return brought;
    }

    synchronized void takesPart(AgentId agent) {
        agents.add(agent);
    }

    synchronized Set<AgentId> agents() {
        return new LinkedHashSet<>(agents);
    }
}
