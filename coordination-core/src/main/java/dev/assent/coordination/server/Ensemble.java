package dev.assent.coordination.server;

import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.net.peer.PeerNetConfig;
import dev.assent.coordination.net.peer.PeerNetLimits;
import dev.assent.coordination.quorum.Majority;
import dev.assent.coordination.quorum.Quorum;
import dev.assent.coordination.replica.ReplicaConfig;
import dev.assent.coordination.replica.ReplicaConfig.SnapshotPolicy;
import dev.assent.coordination.server.config.MemberConfig;
import dev.assent.coordination.server.config.MemberConfig.Voting;
import dev.assent.coordination.server.config.ServerConfig;
import dev.assent.coordination.zab.ZabConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** What the parts below need to know of a server's configuration, in their own words. */
final class Ensemble {
    /** Members of another make or purpose are turned away by it. */
    private static final String CLUSTER = "assent";

    private static final int HEARTBEAT_MILLIS_MAX = 250;
    /** A quarter of syncLimit, but within these bounds: a disk may hesitate, and nobody is helped by waiting longer. */
    private static final long DISK_STALL_MILLIS_MIN = 1_000;

    private static final int SNAPSHOTS_KEPT = 3;

    /** However short the limits: the loop that keeps links alive does other work as well. */
    private static final int IDLE_MILLIS_MIN = 2_000;

    private Ensemble() {}

    static ReplicaConfig replica(ServerConfig config, Consumer<Throwable> onFatal) {
        ReplicaConfig standard = ReplicaConfig.of(zab(config), onFatal);
        SnapshotPolicy policy = new SnapshotPolicy(
                config.storage().transactionsPerSnapshot(), SnapshotPolicy.DEFAULT.everyBytes(), SNAPSHOTS_KEPT);
        ReplicaConfig.Limits limits =
                standard.limits().withUnwrittenBytesMax(shares(config).unwrittenBytesMax());
        return new ReplicaConfig(standard.zab(), standard.tickMillis(), policy, limits, onFatal);
    }

    static Quorum quorum(ServerConfig config) {
        return new Majority(config.isStandalone() ? List.of(config.self()) : members(config, Voting.PARTICIPANT));
    }

    private static ZabConfig zab(ServerConfig config) {
        long syncMillis = config.timing().syncLimit().toMillis();
        long initMillis = config.timing().initLimit().toMillis();
        long heartbeatMillis = Math.max(1, Math.min(HEARTBEAT_MILLIS_MAX, Math.min(syncMillis, initMillis) / 4));
        ZabConfig.Timing timing = new ZabConfig.Timing(
                ZabConfig.Timing.DEFAULT.electionFinalizeWaitMillis(),
                heartbeatMillis,
                initMillis,
                syncMillis,
                Math.max(
                        DISK_STALL_MILLIS_MIN,
                        Math.min(ZabConfig.Timing.DEFAULT.diskStallMillisMax(), syncMillis / 4)));
        return new ZabConfig(
                config.self(),
                quorum(config),
                members(config, Voting.OBSERVER),
                timing,
                ZabConfig.Limits.DEFAULT.withHistoryBytesMax(shares(config).historyBytesMax()));
    }

    private static List<ServerId> members(ServerConfig config, Voting voting) {
        return config.members().values().stream()
                .filter(member -> member.voting() == voting)
                .map(MemberConfig::id)
                .toList();
    }

    static PeerNetConfig network(ServerConfig config) {
        return new PeerNetConfig(
                CLUSTER,
                config.self(),
                Set.copyOf(config.peers().keySet()),
                bind(config),
                peer -> address(config, peer),
                PeerNetLimits.DEFAULT
                        .withIdleMillisMax(idleMillis(config))
                        .withOutgoingBytesMax(shares(config).linkBytesMax()));
    }

    /** As long as the protocol waits for a sign of life, so that the link is not what gives up first. */
    private static int idleMillis(ServerConfig config) {
        return (int) Math.max(
                IDLE_MILLIS_MIN,
                Math.min(Integer.MAX_VALUE, config.timing().syncLimit().toMillis()));
    }

    private static MemoryShares shares(ServerConfig config) {
        return MemoryShares.of(
                Runtime.getRuntime().maxMemory(), config.clients().limits().frameBytesMax());
    }

    /** A server that is alone needs no link, and takes any port that nobody will use. */
    private static InetSocketAddress bind(ServerConfig config) {
        MemberConfig me = config.members().get(config.self());
        return me == null || config.members().size() == 1
                ? new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)
                : new InetSocketAddress(me.host(), me.peerPort());
    }

    private static Optional<InetSocketAddress> address(ServerConfig config, ServerId peer) {
        return Optional.ofNullable(config.members().get(peer))
                .map(member -> InetSocketAddress.createUnresolved(member.host(), member.peerPort()));
    }
}
