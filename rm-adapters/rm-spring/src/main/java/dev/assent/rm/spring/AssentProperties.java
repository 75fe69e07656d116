package dev.assent.rm.spring;

import dev.assent.tx.api.Protocol;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of an application under {@code assent.}; a key that is not here stops the start. What editors show of them
 * is in {@code META-INF/spring-configuration-metadata.json}.
 *
 * @param coordination where an embedded coordinator keeps its decisions
 * @param coordinator where the coordinator nodes of transactions over several services are
 * @param defaultTimeout how long a transaction may take unless {@code @Transactional(timeout)} says otherwise
 * @param decisions where transactions are decided
 * @param protocol how transactions over several services are committed
 * @param acceptor this service as an acceptor of three-phase transactions
 * @param http which services take part in this one's transactions
 * @param datasource which databases do not
 */
@ConfigurationProperties(prefix = AssentProperties.PREFIX, ignoreUnknownFields = false)
public record AssentProperties(
        @DefaultValue Coordination coordination,
        @DefaultValue Coordinator coordinator,
        @DefaultValue("60s") Duration defaultTimeout,
        @DefaultValue("store") Decisions decisions,
        @DefaultValue("two-phase") Protocol protocol,
        @DefaultValue Acceptor acceptor,
        @DefaultValue Http http,
        @DefaultValue Datasource datasource) {
    static final String PREFIX = "assent";

    /** Where an embedded coordinator's transactions are decided. */
    public enum Decisions {
        /** In the replicated store. */
        STORE,
        /** In the database of their first branch, if it is PostgreSQL. */
        DATABASE
    }

    /**
     * The replicated store.
     *
     * @param connect {@code host:port,...}; empty for none
     * @param connectTimeout how long a start waits for the store
     */
    public record Coordination(
            @DefaultValue("") String connect,
            @DefaultValue("15s") Duration connectTimeout) {}

    /**
     * Coordinator nodes.
     *
     * @param targets {@code host:port,...} of all nodes; empty for none
     * @param connectTimeout how long a start waits for the first node
     */
    public record Coordinator(
            @DefaultValue("") String targets,
            @DefaultValue("30s") Duration connectTimeout) {}

    /**
     * An acceptor of three-phase transactions, of which a service that takes part in them is one.
     *
     * @param directory its log, which outlives the process; empty: it takes part in none
     * @param listen {@code host:port} where the other services and the nodes ask it
     * @param advertise {@code host:port} that they reach it at; empty: as it listens
     * @param insecure may listen beyond this machine, as the network is trusted
     */
    public record Acceptor(
            @DefaultValue("") String directory,
            @DefaultValue("127.0.0.1:7500") String listen,
            @DefaultValue("") String advertise,
            @DefaultValue("false") boolean insecure) {}

    /**
     * Outgoing calls.
     *
     * @param allowedHosts {@code host} or {@code host:port} that take part, besides this machine's loopback names
     * @param excludedHosts {@code host} or {@code host:port} that are called without the transaction, on purpose
     */
    public record Http(
            @DefaultValue List<String> allowedHosts,
            @DefaultValue List<String> excludedHosts) {}

    /**
     * Databases beside ours.
     *
     * @param excluded names of {@code DataSource} beans that commit by themselves inside transactions, on purpose
     */
    public record Datasource(@DefaultValue List<String> excluded) {}
}
