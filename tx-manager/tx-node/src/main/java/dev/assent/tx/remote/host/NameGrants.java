package dev.assent.tx.remote.host;

import dev.assent.tx.remote.AgentId;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The grants of this node's life, one an agent, which keeps it when it attaches again. Thread-safe.
 *
 * <p>Beyond {@value #AGENTS_MAX} agents the one that attached longest ago loses its grant: what it begins is refused
 * until it attaches again.
 */
final class NameGrants {
    static final int AGENTS_MAX = 10_000;

    private final SecureRandom random = new SecureRandom();
    private final Map<AgentId, NameGrant> byAgent = new LinkedHashMap<>();
    private final Map<Long, NameGrant> byValue = new HashMap<>();

    /** The grant of an agent that attaches. */
    synchronized NameGrant attached(AgentId agent) {
        NameGrant known = byAgent.remove(agent);
        NameGrant grant = known != null ? known : make(agent);
        byAgent.put(agent, grant); // as the latest
        if (byAgent.size() > AGENTS_MAX) {
            NameGrant oldest = byAgent.values().iterator().next();
            byAgent.remove(oldest.agent());
            byValue.remove(oldest.value());
        }
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
