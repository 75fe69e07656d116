package dev.assent.tx.remote.host;

import dev.assent.tx.remote.AgentId;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The grants of this node's life, one an agent, which keeps it when it attaches again. Thread-safe.
 *
 * <p>Beyond {@value #AGENTS_MAX} agents the service that has most of them loses the grant of the one that attached longest
 * ago: what that begins is refused until it attaches again.
 */
final class NameGrants {
    static final int AGENTS_MAX = 10_000;

    private final SecureRandom random = new SecureRandom();
    private final FairShares<AgentId, NameGrant> byAgent;
    private final Map<Long, NameGrant> byValue = new HashMap<>();

    NameGrants() {
        this(AGENTS_MAX);
    }

    /** With a limit of its own. */
    NameGrants(int agentsMax) {
        this.byAgent = new FairShares<>(agentsMax);
    }

    /** The grant of an agent that attaches, with a certificate of {@code services}. */
    synchronized NameGrant attached(Set<String> services, AgentId agent) {
        NameGrant grant = byAgent.find(agent).orElseGet(() -> make(agent));
        byAgent.put(services, agent, grant).ifPresent(lost -> byValue.remove(lost.value()));
        return grant;
    }

    private NameGrant make(AgentId agent) {
        long value = random.nextLong();
        while (value == 0 || byValue.containsKey(value)) {
            value = random.nextLong();
        }
        NameGrant grant = new NameGrant(value, agent);
        byValue.put(value, grant);
        return grant;
    }

    synchronized Optional<NameGrant> find(long value) {
        return Optional.ofNullable(byValue.get(value));
    }
}
