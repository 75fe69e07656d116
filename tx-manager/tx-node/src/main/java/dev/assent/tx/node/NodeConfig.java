package dev.assent.tx.node;

import dev.assent.security.TlsFiles;
import dev.assent.store.StoreConfig;
import dev.assent.store.StoreTls;
import dev.assent.tx.coordinator.CoordinatorSettings;
import dev.assent.tx.remote.host.AgentRules;
import dev.assent.tx.service.TxConfig;
import dev.assent.tx.shards.ShardBoard;
import dev.assent.tx.spi.ShardTable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Everything one node needs to know.
 *
 * @param listen where services connect
 * @param name what people read as this node's name
 * @param shards how many shards the cluster must have, 1 to 1024; empty: whatever it has, 16 if it is new
 * @param membership this node among the others
 * @param coordination where the replicated state lives
 * @param timing how long things may take
 * @param acceptor where this node keeps its acceptor's log; empty: it takes part in no three-phase transaction
 * @param rules which services may do what here
 * @param tls what this node shows to services and other nodes, and whom it trusts; empty: it speaks plain text with them
 */
public record NodeConfig(
        InetSocketAddress listen,
        String name,
        OptionalInt shards,
        Membership membership,
        Coordination coordination,
        Timing timing,
        Optional<Path> acceptor,
        Optional<TlsFiles> tls,
        AgentRules rules) {
    private static final int SHARDS_MAX = ShardTable.SHARDS_MAX;

    /** A store in this JVM may still have to find its quorum while the other nodes start. */
    private static final Duration CONNECT_TIMEOUT = Duration.ofMinutes(2);

    public NodeConfig {
        if (shards.isPresent() && (shards.getAsInt() < 1 || shards.getAsInt() > SHARDS_MAX)) {
            throw new IllegalArgumentException("shards is 1 to " + SHARDS_MAX + ", not " + shards.getAsInt());
        }
        if (!rules.byService().isEmpty() && tls.isEmpty()) {
            throw new IllegalArgumentException("agents= names services, whom only certificates tell apart: name"
                    + " tls.certificate, tls.key and tls.trust as well");
        }
    }

    /** With so many shards, and as a node like any other. */
    public NodeConfig(InetSocketAddress listen, String name, int shards, Coordination coordination, Timing timing) {
        this(listen, name, OptionalInt.of(shards), Membership.STANDARD, coordination, timing, Optional.empty());
    }

    /** The same as an acceptor, with its log in {@code directory}. */
    public NodeConfig withAcceptor(Path directory) {
        return new NodeConfig(
                listen, name, shards, membership, coordination, timing, Optional.of(directory), tls, rules);
    }

    /** The same over TLS. */
    public NodeConfig withTls(TlsFiles files) {
        return new NodeConfig(
                listen, name, shards, membership, coordination, timing, acceptor, Optional.of(files), rules);
    }

    /** The same with rules for services, which need TLS. */
    public NodeConfig withRules(AgentRules wanted) {
        return new NodeConfig(listen, name, shards, membership, coordination, timing, acceptor, tls, wanted);
    }

    /** One that speaks plain text with services and other nodes. */
    public NodeConfig(
            InetSocketAddress listen,
            String name,
            OptionalInt shards,
            Membership membership,
            Coordination coordination,
            Timing timing,
            Optional<Path> acceptor) {
        this(listen, name, shards, membership, coordination, timing, acceptor, Optional.empty(), AgentRules.NONE);
    }

    /**
     * This node among the others.
     *
     * @param weight its share of the shards, in proportion to the others'
     * @param advertise {@code host:port} that others reach it at; empty: as it listens
     * @param silence so long nothing is heard of a node before it is suspected
     * @param drainPatience how long a node that stops lets its transactions go on
     */
    public record Membership(int weight, Optional<String> advertise, Duration silence, Duration drainPatience) {
        public static final Membership STANDARD =
                new Membership(1, Optional.empty(), Duration.ofSeconds(1), Duration.ofSeconds(15));

        public Membership {
            if (weight < 1 || weight > ShardBoard.Member.WEIGHT_MAX) {
                throw new IllegalArgumentException(
                        "a node's weight is 1 to " + ShardBoard.Member.WEIGHT_MAX + ", not " + weight);
            }
        }
    }

    /** Where other nodes reach this one, which serves at {@code port}. */
    String addressFor(int port) throws IOException {
        if (membership.advertise().isPresent()) {
            return membership.advertise().get();
        }
        InetAddress bound = listen.getAddress();
        InetAddress reachable = bound.isAnyLocalAddress() ? InetAddress.getLocalHost() : bound;
        String host = reachable.getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }

    /**
     * How long things may take.
     *
     * @param sessionTimeout how long after the death of a node that no other can hear its shards are taken over
     * @param transactionTimeoutMax the longest time-out that a service may ask for
     * @param patience how long a commit waits for phase 2 before its caller is told what is known
     * @param recoveryInterval between recovery passes; a node's death starts one at once
     */
    public record Timing(
            Duration sessionTimeout, Duration transactionTimeoutMax, Duration patience, Duration recoveryInterval) {}

    /** Where the node finds the znode store. */
    public sealed interface Coordination {

        /** A server in this JVM, configured by a ZooKeeper configuration file. */
        record Embedded(Path zooCfg) implements Coordination {}

        /** A server in this JVM that is an ensemble of its own: for trying things out. */
        record Standalone(Path directory) implements Coordination {}

        /**
         * An ensemble that runs already, ours or Apache ZooKeeper's.
         *
         * @param tls how it is spoken with over TLS; empty: in plain text
         */
        record Existing(String connectString, Optional<StoreTls> tls) implements Coordination {
            public Existing {
                StoreConfig checked = StoreConfig.of(connectString); // refuses what is no list of addresses
                connectString = checked.connectString();
            }

            /** In plain text. */
            public Existing(String connectString) {
                this(connectString, Optional.empty());
            }
        }
    }

    /** The engine's settings for that store. */
    TxConfig engine(StoreAddress address) {
        StoreConfig store = StoreConfig.of(address.connectString())
                .withSessionTimeout(timing.sessionTimeout())
                .withConnectTimeout(CONNECT_TIMEOUT)
                .withTls(address.tls());
        TxConfig base = TxConfig.of(address.connectString());
        return new TxConfig(
                store,
                timing.transactionTimeoutMax(),
                timing.patience(),
                base.retries(),
                new CoordinatorSettings.Recovery(
                        timing.recoveryInterval(), base.recovery().grace()),
                new CoordinatorSettings.Limits(128, 100_000));
    }
}
