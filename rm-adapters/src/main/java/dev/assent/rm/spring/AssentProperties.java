package dev.assent.rm.spring;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of an application under {@code assent.}.
 *
 * @param coordination where an embedded coordinator keeps its decisions
 * @param coordinator where the coordinator nodes of transactions over several services are
 * @param defaultTimeout how long a transaction may take unless {@code @Transactional(timeout)} says otherwise
 * @param http which services may see this one's transactions
 */
@ConfigurationProperties("assent")
public record AssentProperties(
        @DefaultValue Coordination coordination,
        @DefaultValue Coordinator coordinator,
        @DefaultValue("60s") Duration defaultTimeout,
        @DefaultValue Http http) {

    /**
     * The replicated store.
     *
     * @param connect {@code host:port,...}; empty for none
     */
    public record Coordination(@DefaultValue("") String connect) {}

    /**
     * Coordinator nodes.
     *
     * @param targets {@code host:port,...} of all nodes; empty for none
     */
    public record Coordinator(@DefaultValue("") String targets) {}

    /**
     * Outgoing calls.
     *
     * @param allowedHosts {@code host} or {@code host:port}, besides this machine's loopback names
     */
    public record Http(@DefaultValue List<String> allowedHosts) {}
}
