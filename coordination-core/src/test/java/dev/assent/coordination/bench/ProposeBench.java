package dev.assent.coordination.bench;

import dev.assent.command.Commands;
import dev.assent.command.ExitCode;
import dev.assent.command.Version;
import dev.assent.coordination.disk.DataDirectory;
import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.net.peer.NettyPeerTransport;
import dev.assent.coordination.net.peer.PeerNetConfig;
import dev.assent.coordination.net.peer.PeerNetLimits;
import dev.assent.coordination.quorum.Majority;
import dev.assent.coordination.replica.Replica;
import dev.assent.coordination.replica.ReplicaConfig;
import dev.assent.coordination.replica.ReplicaContext;
import dev.assent.coordination.replica.ReplicaMetrics;
import dev.assent.coordination.replica.StateMachine;
import dev.assent.coordination.zab.Role;
import dev.assent.coordination.zab.ZabConfig;
import dev.assent.time.Clock;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command. */
@Command(
        name = "propose-bench",
        mixinStandardHelpOptions = true,
        version = Version.TEXT,
        description = {
            "How many transactions of 200 bytes three replicas in this JVM order in a second, each with its own files on",
            "one disk, fsync before every acknowledgement."
        })
public final class ProposeBench implements Callable<Integer> {
    private static final int TXN_BYTES = 200;
    private static final int ROUNDS = 5;

    @Option(names = "--directory", description = "Where the files go. Default: ${DEFAULT-VALUE}.")
    private Path directory = Path.of("/tmp");

    @Option(names = "--in-flight", description = "Transactions under way. Default: ${DEFAULT-VALUE}.")
    private int inFlight = 1024;

    @Option(names = "--seconds", description = "Of each of the five rounds. Default: ${DEFAULT-VALUE}.")
    private int seconds = 4;

    public static void main(String[] arguments) {
        Commands.run(ProposeBench::new, arguments);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path root = Files.createTempDirectory(directory, "propose-bench");
        List<ServerId> members = List.of(new ServerId(1), new ServerId(2), new ServerId(3));
        Map<ServerId, InetSocketAddress> addresses = new ConcurrentHashMap<>();
        CountDownLatch elected = new CountDownLatch(1);
        List<Member> running = new ArrayList<>();
        for (ServerId id : members) {
            running.add(new Member(id, members, root, addresses, inFlight, elected));
        }
        elected.await();
        for (int round = 0; round < ROUNDS; round++) {
            measure(running, seconds);
        }
        for (Member member : running) {
            member.close();
        }
        return ExitCode.OK;
    }

    private static void measure(List<Member> members, int seconds) throws InterruptedException {
        Member leader = members.stream().filter(m -> m.leading).findFirst().orElseThrow();
        ReplicaMetrics before = leader.replica.metrics();
        long start = System.nanoTime();
        long end = start + seconds * 1_000_000_000L;
        while (System.nanoTime() < end) {
            leader.window.acquire();
            leader.replica.execute(leader);
        }
        ReplicaMetrics after = leader.replica.metrics();
        double elapsed = (System.nanoTime() - start) / 1e9;
        long syncs = after.syncs() - before.syncs();
        System.out.printf(
                "txns/s=%.0f fsyncs/s=%.0f txns/fsync=%.0f fsyncMillisMean=%.2f%n",
                (after.delivered() - before.delivered()) / elapsed,
                syncs / elapsed,
                (double) (after.log().appended() - before.log().appended()) / syncs,
                (after.log().syncNanos() - before.log().syncNanos()) / 1e6 / syncs);
    }

    private static final class Member implements StateMachine, Runnable {
        private final Payload txn = Payload.wrap(new byte[TXN_BYTES]);
        private final DataDirectory directory;
        private final Replica replica;
        private final Semaphore window;
        private final CountDownLatch elected;
        private final AtomicLong last = new AtomicLong();
        private volatile boolean leading;

        Member(
                ServerId id,
                List<ServerId> members,
                Path root,
                Map<ServerId, InetSocketAddress> addresses,
                int inFlight,
                CountDownLatch elected)
                throws IOException {
            this.window = new Semaphore(inFlight);
            this.elected = elected;
            Path own = root.resolve(id.toString());
            this.directory = DataDirectory.open(own, own, id);
            Set<ServerId> others = new HashSet<>(members);
            others.remove(id);
            NettyPeerTransport transport = new NettyPeerTransport(new PeerNetConfig(
                    "bench",
                    id,
                    others,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    peer -> Optional.ofNullable(addresses.get(peer)),
                    PeerNetLimits.DEFAULT));
            this.replica = Replica.start(
                    ReplicaConfig.of(ZabConfig.of(id, new Majority(members), List.of()), Throwable::printStackTrace),
                    new ReplicaContext(
                            Clock.SYSTEM, transport, directory.log(), directory.snapshots(), directory.epochs()),
                    loop -> this);
            addresses.put(id, transport.address());
        }

        @Override
        public void ticked() {}

        @Override
        public void run() {
            replica.propose(txn);
        }

        @Override
        public void committed(Zxid zxid, Payload committed) {
            last.lazySet(zxid.value());
            if (leading) {
                window.release();
            }
        }

        @Override
        public void roleChanged(Role role, Epoch epoch, Optional<ServerId> leader, boolean serving) {
            leading = role == Role.LEADING && serving;
            if (leading) {
                elected.countDown();
            }
        }

        @Override
        public void received(ServerId from, Payload message) {}

        @Override
        public Snapshot snapshot() {
            Zxid at = new Zxid(last.get());
            return new Snapshot() {
                @Override
                public Zxid zxid() {
                    return at;
                }

                @Override
                public void writeTo(OutputStream out) throws IOException {
                    out.write(new byte[TXN_BYTES]);
                }
            };
        }

        @Override
        public void restore(Zxid zxid, InputStream snapshot) {
            last.set(zxid.value());
        }

        void close() throws IOException {
            replica.close();
            directory.close();
        }
    }
}
