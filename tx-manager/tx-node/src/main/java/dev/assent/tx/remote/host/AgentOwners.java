package dev.assent.tx.remote.host;

import dev.assent.time.Clock;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.Refused;
import dev.assent.tx.remote.host.Callers.Caller;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;

/**
 * Which service an agent's id belongs to: whose certificate it came with first. Ids are drawn at random, so nobody can be
 * first with another one's. Thread-safe.
 */
final class AgentOwners {
    /** Ids remembered; then the service with most of them has its longest unused forgotten. */
    static final int REMEMBERED_MAX = 100_000;

    private final Refused refused = new Refused(Clock.SYSTEM);
    private final AgentRules rules;
    private final FairShares<AgentId, Set<String>> owners;

    AgentOwners(AgentRules rules) {
        this(rules, REMEMBERED_MAX);
    }

    /** With a limit of its own. */
    AgentOwners(AgentRules rules, int rememberedMax) {
        this.rules = rules;
        this.owners = new FairShares<>(rememberedMax);
    }

    /**
     * Why {@code caller} is not the service that it says it is, or may not serve what it brings; empty if it may.
     *
     * @param service what it calls itself
     */
    Optional<String> objectionTo(Caller caller, AgentId agent, String service, Set<String> resources) {
        if (caller.services().isPresent() && !caller.services().get().contains(service)) {
            return objection("an agent calls itself " + printable(service) + ", but its certificate names " + caller
                    + ": have one issued for agent/" + printable(service));
        }
        Optional<String> forbidden = caller.services().isEmpty()
                ? Optional.empty()
                : rules.objectionToServing(printable(service), resources);
        forbidden.ifPresent(refused::because);
        return forbidden.isPresent() ? forbidden : objectionTo(caller, agent);
    }

    /** The services that {@code agent} may be, as its certificate says; none in plain text, or if it never came. */
    Set<String> servicesOf(AgentId agent) {
        synchronized (owners) {
            return owners.find(agent).orElse(Set.of());
        }
    }

    /**
     * Lets the services that are listed begin transactions, if any are.
     *
     * @throws io.grpc.StatusRuntimeException the caller is none of them
     */
    void requireListed(Caller caller) {
        if (caller.services().isPresent() && !rules.list(caller.services().get())) {
            forbid("who begins a transaction is listed in agents=, and the certificate names " + caller);
        }
    }

    /**
     * Lets nodes and the services that are listed speak of a transaction whose id they know, which cannot be guessed.
     *
     * @throws io.grpc.StatusRuntimeException the caller is none of them
     */
    void requireKnown(Caller caller) {
        if (!caller.mayBeNode() && !rules.list(caller.services().orElse(Set.of()))) {
            forbid("who asks for an outcome, or tells one, is listed in agents=, and the certificate names " + caller);
        }
    }

    /** A service says that acceptors chose COMMIT, which they did not. */
    StatusRuntimeException disbelieved(Caller caller, GlobalTxId transaction, String found) {
        String why = caller + " says that the acceptors of " + transaction + " chose COMMIT, but found was " + found;
        refused.because(why);
        return HostedTransactions.refusal(Status.PERMISSION_DENIED, why);
    }

    /**
     * Takes the caller for one of those who take part, if it may.
     *
     * @throws io.grpc.StatusRuntimeException it may not
     */
    void admit(Caller caller, Parties parties) {
        Optional<Set<String>> services = caller.services();
        if (services.isPresent() && !parties.include(services.get())) {
            rules.objectionToJoining(services.get(), parties.originators()).ifPresent(this::forbid);
            parties.add(services.get());
        }
    }

    /**
     * Lets those who take part go on, and nobody else, though he may know the transaction's id.
     *
     * @throws io.grpc.StatusRuntimeException the caller takes no part
     */
    void requireParty(Caller caller, Parties parties) {
        if (caller.services().isPresent() && !parties.include(caller.services().get())) {
            forbid("who ends a transaction takes part in it, and the certificate names " + caller);
        }
    }

    private void forbid(String why) {
        refused.because(why);
        throw HostedTransactions.refusal(Status.PERMISSION_DENIED, why);
    }

    /** Why {@code caller} does not speak for {@code agent}; empty if it may. */
    Optional<String> objectionTo(Caller caller, AgentId agent) {
        if (caller.services().isEmpty()) {
            return Optional.empty();
        }
        Set<String> services = caller.services().get();
        Set<String> owner;
        synchronized (owners) {
            owner = services.isEmpty() ? Set.of() : owners.find(agent).orElseGet(() -> first(agent, services));
        }
        return Collections.disjoint(owner, services)
                ? objection(
                        "somebody speaks for agent " + agent + ", which is another's; the certificate names " + caller)
                : Optional.empty();
    }

    private Set<String> first(AgentId agent, Set<String> services) {
        Optional<Set<String>> unused = owners.put(services, agent, services);
        return services;
    }

    private Optional<String> objection(String why) {
        refused.because(why);
        return Optional.of(why);
    }

    private static String printable(String service) {
        return service.substring(0, Math.min(service.length(), 100)).replaceAll("[^ -~]", "?");
    }
}
