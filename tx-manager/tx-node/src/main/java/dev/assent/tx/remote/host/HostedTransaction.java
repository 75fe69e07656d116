package dev.assent.tx.remote.host;

import dev.assent.tx.api.StagedTransaction;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.remote.AgentId;
import java.util.LinkedHashSet;
import java.util.Set;

/** A transaction that this node coordinates, with the agents that take part. Thread-safe. */
final class HostedTransaction {
    private final GlobalTxId id;
    private final StagedTransaction transaction;
    private final Set<AgentId> agents = new LinkedHashSet<>();

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
}
