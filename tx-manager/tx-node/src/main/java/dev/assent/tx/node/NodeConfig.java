package dev.assent.tx.node;

import dev.assent.store.StoreConfig;
import dev.assent.tx.coordinator.CoordinatorSettings;
import dev.assent.tx.service.TxConfig;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Everything one node needs to know.
 *
 * @param listen where services connect
 * @param name what people read as this node's name
 * @param shards how many shards the cluster has, 1 to 1024; the same on every node
 * @param coordination where the replicated state lives
 * @param timing how long things may take
 */
public record NodeConfig(InetSocketAddress listen, String name, int shards, Coordination coordination, Timing timing) {
    private static final int SHARDS_MAX = 1_024;

    /** A store in this JVM may still have to find its quorum while the other nodes start. */
    private static final Duration CONNECT_TIMEOUT = Duration.ofMinutes(2);

    public NodeConfig {
        if (shards < 1 || shards > SHARDS_MAX) {
            throw new IllegalArgumentException("shards is 1 to " + SHARDS_MAX + ", not " + shards);
        }
    }

    /**
     * How long things may take.
     *
     * @param sessionTimeout how long after a node's death its shards are taken over
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

        /** An ensemble that runs already, ours or Apache ZooKeeper's. */
        record Existing(String connectString) implements Coordination {
            public Existing {
                StoreConfig checked = StoreConfig.of(connectString); // refuses what is no list of addresses
                connectString = checked.connectString();
            }
        }
    }

    /** The engine's settings for a store at {@code connectString}. */
    TxConfig engine(String connectString) {
        StoreConfig store = StoreConfig.of(connectString)
                .withSessionTimeout(timing.sessionTimeout())
                .withConnectTimeout(CONNECT_TIMEOUT);
        TxConfig base = TxConfig.of(connectString);
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
