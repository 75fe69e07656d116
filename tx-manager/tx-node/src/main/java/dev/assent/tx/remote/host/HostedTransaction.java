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
    /** As their certificates name them; of transactions in plain text there are none. */
    private final Set<String> services = new LinkedHashSet<>();

    private Set<String> originators = Set.of();
    private @Nullable CompletionStage<Void> brought;

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

    /** By whom it was begun. */
    synchronized void begunBy(Set<String> certified) {
        originators = Set.copyOf(certified);
        services.addAll(certified);
    }

    synchronized Set<String> originators() {
        return originators;
    }

    synchronized void takesPart(Set<String> certified) {
        services.addAll(certified);
    }

    /** Whether one of them has begun it or was let in. */
    synchronized boolean isPartyTo(Set<String> certified) {
        return certified.stream().anyMatch(services::contains);
    }

    synchronized Set<AgentId> agents() {
        return new LinkedHashSet<>(agents);
    }
}
