package dev.assent.tx.remote.host;

import dev.assent.time.Clock;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.Refused;
import dev.assent.tx.remote.host.Callers.Caller;
import io.grpc.Status;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which service an agent's id belongs to: whose certificate it came with first. Ids are drawn at random, so nobody can be
 * first with another one's. Thread-safe.
 */
final class AgentOwners {
    /** Ids remembered; then the longest unused is forgotten, and is whose it comes with next. */
    private static final int REMEMBERED_MAX = 100_000;

    private final Refused refused = new Refused(Clock.SYSTEM);
    private final AgentRules rules;
    private final Map<AgentId, Set<String>> owners = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<AgentId, Set<String>> eldest) {
            return size() > REMEMBERED_MAX;
        }
    };

    AgentOwners(AgentRules rules) {
        this.rules = rules;
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
            return owners.getOrDefault(agent, Set.of());
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
            owner = services.isEmpty() ? Set.of() : owners.computeIfAbsent(agent, first -> services);
        }
        return Collections.disjoint(owner, services)
                ? objection(
                        "somebody speaks for agent " + agent + ", which is another's; the certificate names " + caller)
                : Optional.empty();
    }

    private Optional<String> objection(String why) {
        refused.because(why);
        return Optional.of(why);
    }

    private static String printable(String service) {
        return service.substring(0, Math.min(service.length(), 100)).replaceAll("[^ -~]", "?");
    }
}
