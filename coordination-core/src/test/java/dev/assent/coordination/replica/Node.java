package dev.assent.coordination.replica;

import dev.assent.coordination.disk.DataDirectory;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.net.peer.NettyPeerTransport;
import dev.assent.coordination.net.peer.PeerAddressBook;
import dev.assent.coordination.net.peer.PeerNetConfig;
import dev.assent.coordination.net.peer.PeerNetLimits;
import dev.assent.coordination.quorum.Majority;
import dev.assent.coordination.spi.TxnLog;
import dev.assent.coordination.zab.ZabConfig;
import dev.assent.time.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One member on real files and real sockets. */
final class Node implements AutoCloseable {
    static final Clock CLOCK = new Clock() {
        @Override
        public long monotonicMillis() {
            return System.nanoTime() / 1_000_000;
        }

        @Override
        public long epochMillis() {
            return System.currentTimeMillis();
        }
    };

    final ServerId id;
    final Ledger ledger = new Ledger();
    final AtomicReference<@Nullable Throwable> fatal = new AtomicReference<>();
    final Replica replica;
    private final DataDirectory directory;
    private final NettyPeerTransport transport;

    Node(ServerId id, List<ServerId> members, Path root, PeerAddressBook addresses, Settings settings)
            throws IOException {
        this.id = id;
        this.directory = DataDirectory.open(root, root, id);
        Set<ServerId> others = new HashSet<>(members);
        others.remove(id);
        this.transport = new NettyPeerTransport(new PeerNetConfig(
                "test",
                id,
                others,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                addresses,
                PeerNetLimits.DEFAULT));
        ZabConfig zab =
                new ZabConfig(id, new Majority(members), List.of(), ZabConfig.Timing.DEFAULT, settings.limits());
        ReplicaConfig config =
                new ReplicaConfig(zab, 10, settings.snapshots(), ReplicaConfig.Limits.DEFAULT, fatal::set);
        ReplicaContext surroundings = new ReplicaContext(
                settings.clock(),
                transport,
                settings.log().apply(directory.log()),
                directory.snapshots(),
                directory.epochs());
        try {
            this.replica = Replica.start(config, surroundings, loop -> ledger);
        } catch (IOException e) {
            directory.close();
            throw e;
        }
    }

    /** What a test changes. */
    record Settings(
            ZabConfig.Limits limits, ReplicaConfig.SnapshotPolicy snapshots, UnaryOperator<TxnLog> log, Clock clock) {
        static final Settings DEFAULT = new Settings(
                ZabConfig.Limits.DEFAULT, ReplicaConfig.SnapshotPolicy.DEFAULT, UnaryOperator.identity(), CLOCK);

        /** A leader that holds no more history than so many entries, and takes a snapshot after as many. */
        static Settings withShortHistory(int entries) {
            ZabConfig.Limits usual = ZabConfig.Limits.DEFAULT;
            ZabConfig.Limits limits = new ZabConfig.Limits(
                    entries,
                    usual.historyBytesMax(),
                    usual.batchEntriesMax(),
                    usual.batchBytesMax(),
                    usual.snapshotPiecesInFlightMax(),
                    usual.heldProposalsMax(),
                    usual.counterMax());
            return new Settings(
                    limits,
                    new ReplicaConfig.SnapshotPolicy(entries, Long.MAX_VALUE, 3),
                    UnaryOperator.identity(),
                    CLOCK);
        }

        Settings withLog(UnaryOperator<TxnLog> wrapped) {
            return new Settings(limits, snapshots, wrapped, clock);
        }

        Settings withClock(Clock other) {
            return new Settings(limits, snapshots, log, other);
        }
    }

    InetSocketAddress address() {
        return transport.address();
    }

    void propose(long number) {
        replica.execute(() -> {
            if (ledger.isLeading()) {
                replica.propose(Ledger.txn(number));
            }
        });
    }

    @Override
    public void close() throws IOException {
        replica.close();
        directory.close();
    }
}
