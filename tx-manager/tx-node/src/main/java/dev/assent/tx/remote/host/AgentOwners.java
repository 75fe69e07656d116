package dev.assent.tx.remote.host;

import dev.assent.time.Clock;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.Refused;
import dev.assent.tx.remote.host.Callers.Caller;
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
    private final Map<AgentId, Set<String>> owners = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<AgentId, Set<String>> eldest) {
            return size() > REMEMBERED_MAX;
        }
    };

    /**
     * Why {@code caller} is not the service that it says it is; empty if it may be.
     *
     * @param service what it calls itself
     */
    Optional<String> objectionTo(Caller caller, AgentId agent, String service) {
        if (caller.services().isPresent() && !caller.services().get().contains(service)) {
            return objection("an agent calls itself " + printable(service) + ", but its certificate names " + caller
                    + ": have one issued for agent/" + printable(service));
        }
        return objectionTo(caller, agent);
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
