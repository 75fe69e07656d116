package dev.assent.rm.spring;

import dev.assent.tx.api.Protocol;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
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
 * @param tls what this application shows to the nodes or to the store, and whom it trusts
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
        @DefaultValue Datasource datasource,
        @DefaultValue Tls tls) {
    static final String PREFIX = "assent";

    /**
     * Mutual TLS with the coordinator nodes and other acceptors, or with the store of an embedded coordinator: all three
     * PEM files or none.
     *
     * @param certificate its own first; it names an agent, and for an embedded coordinator a client
     * @param key the private key of that certificate
     * @param trust the authorities whose word counts
     * @param server whom an embedded coordinator takes for a server of the store: a member unless it says otherwise
     */
    public record Tls(
            @DefaultValue("") String certificate,
            @DefaultValue("") String key,
            @DefaultValue("") String trust,
            @Nullable Server server) {

        /** What the store's certificates name. */
        public enum Server {
            /** A member: an ensemble of Assent's. */
            MEMBER,
            /** Its host: an ensemble of Apache ZooKeeper's. */
            HOST
        }
    }

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
