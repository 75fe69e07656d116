package dev.assent.rm.bench;

import dev.assent.coordination.server.FreePorts;
import dev.assent.security.CertifiedName;
import dev.assent.security.Role;
import dev.assent.security.TlsFiles;
import dev.assent.tx.testing.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;

/** Three servers of the znode store, in JVMs of their own on this machine. */
final class BenchEnsemble implements AutoCloseable {
    private static final int MEMBERS = 3;
    private static final int SESSION_MILLIS = 20_000;
    private static final int START_SECONDS = 60;
    private static final int ROUND_TRIPS = 300;
    private static final int WARM_UP_WRITES = 150_000;
    private static final int WARM_UP_IN_FLIGHT = 64;

    /** Whose servers. */
    enum Make {
        ASSENT("dev.assent.coordination.server.Main"),
        APACHE("org.apache.zookeeper.server.quorum.QuorumPeerMain");

        private final String mainClass;

        Make(String mainClass) {
            this.mainClass = mainClass;
        }

        boolean isPresent() {
            return BenchEnsemble.class.getResource("/" + mainClass.replace('.', '/') + ".class") != null;
        }
    }

    /** Which servers a worker may choose from: one that is a client of the leader costs the ensemble less. */
    enum Place {
        ANYWHERE,
        AT_LEADER,
        AT_FOLLOWER
    }

    private final List<JavaChild> members;
    private final List<Integer> ports;
    private final List<Integer> securePorts;

    private BenchEnsemble(List<JavaChild> members, List<Integer> ports, List<Integer> securePorts) {
        this.members = members;
        this.ports = ports;
        this.securePorts = securePorts;
    }

    /** With {@code certificates} the members speak TLS with each other, and at another port of each with clients. */
    static BenchEnsemble start(
            Make make, JavaChild.JavaSetup setup, Path directory, Optional<TestCertificates> certificates)
            throws IOException, InterruptedException {
        List<Integer> ports = new FreePorts(new Random()).next(MEMBERS * 4);
        List<JavaChild> members = new ArrayList<>();
        for (int id = 1; id <= MEMBERS; id++) {
            Path home = Files.createDirectories(directory.resolve("member" + id));
            Files.writeString(home.resolve("myid"), Integer.toString(id));
            Path config = directory.resolve("member" + id + ".cfg");
            String tls = certificates.isEmpty() ? "" : tls(certificates.get(), id, ports);
            Files.writeString(config, config(home, id, ports) + tls);
            members.add(JavaChild.start(
                    setup, make.mainClass, List.of(config.toString()), directory.resolve("member" + id + ".log")));
        }
        BenchEnsemble ensemble =
                new BenchEnsemble(members, ports.subList(0, MEMBERS), ports.subList(3 * MEMBERS, 4 * MEMBERS));
        try {
            ensemble.session().close();
        } catch (IOException | InterruptedException e) {
            ensemble.close();
            throw e;
        }
        return ensemble;
    }

    private static String config(Path home, int id, List<Integer> ports) {
        StringBuilder text = new StringBuilder("tickTime=2000\ninitLimit=10\nsyncLimit=5\n")
                .append("dataDir=" + home + "\nclientPortAddress=127.0.0.1\nclientPort=" + ports.get(id - 1) + "\n");
        for (int member = 1; member <= MEMBERS; member++) {
            int base = MEMBERS + (member - 1) * 2;
            text.append("server." + member + "=127.0.0.1:" + ports.get(base) + ":" + ports.get(base + 1) + "\n");
        }
        return text.append("admin.enableServer=false\n").toString();
    }

    private static String tls(TestCertificates certificates, int id, List<Integer> ports) throws IOException {
        TlsFiles files = certificates.of(new CertifiedName(Role.MEMBER, Integer.toString(id)));
        return "secureClientPort=" + ports.get(3 * MEMBERS + id - 1) + "\nsecureClientPortAddress=127.0.0.1\n"
                + "assent.tls.certificate=" + files.certificate() + "\nassent.tls.key=" + files.key()
                + "\nassent.tls.trust=" + files.trust() + "\n";
    }

    /** For workers; the ensemble must serve. */
    String connect(Place place) throws IOException {
        return connect(place, ports);
    }

    /** The same over TLS. */
    String connectSecurely(Place place) throws IOException {
        return connect(place, securePorts);
    }

    private String connect(Place place, List<Integer> dialled) throws IOException {
        List<Integer> chosen = new ArrayList<>();
        for (int member = 0; member < MEMBERS; member++) {
            if (place == Place.ANYWHERE || (place == Place.AT_LEADER) == leads(ports.get(member))) {
                chosen.add(dialled.get(member));
            }
        }
        return addresses(chosen);
    }

    private static String addresses(List<Integer> ports) {
        return ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    }

    private static boolean leads(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                    .contains("Mode: leader");
        }
    }

    /** Processor time of all members. */
    Duration cpuTime() {
        return members.stream().map(JavaChild::cpuTime).reduce(Duration.ZERO, Duration::plus);
    }

    /** Lets the members' compilers see enough of what is coming, for contenders get that in their first round. */
    void warmUp() throws IOException, InterruptedException {
        Semaphore window = new Semaphore(WARM_UP_IN_FLIGHT);
        ZooKeeper client = session();
        try {
            for (int i = 0; i < WARM_UP_WRITES; i++) {
                window.acquire();
                String path = "/warm-up-" + i;
                client.multi(
                        List.of(
                                Op.check("/", -1),
                                Op.create(path, new byte[64], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT),
                                Op.delete(path, -1)),
                        (code, group, context, results) -> window.release(),
                        null);
            }
            window.acquire(WARM_UP_IN_FLIGHT);
        } finally {
            client.close();
        }
    }

    /** The median of one write after the other through a quorum, nothing else going on. */
    long roundTripMicros() throws IOException, InterruptedException, KeeperException {
        Histogram micros = new Histogram(TimeUnit.MINUTES.toMicros(1), 3);
        ZooKeeper client = session();
        try {
            for (int i = 0; i < ROUND_TRIPS; i++) {
                long start = System.nanoTime();
                client.multi(List.of(
                        Op.check("/", -1),
                        Op.create(
                                "/round-trip-" + i, new byte[64], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT)));
                micros.recordValue((System.nanoTime() - start) / 1_000);
            }
            return micros.getValueAtPercentile(50);
        } finally {
            client.close();
        }
    }

    private ZooKeeper session() throws IOException, InterruptedException {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper client = new ZooKeeper(addresses(ports), SESSION_MILLIS, event -> {
            if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                connected.countDown();
            }
        });
        if (!connected.await(START_SECONDS, TimeUnit.SECONDS)) {
            client.close();
            throw new IOException(
                    "the ensemble at " + addresses(ports) + " did not serve within " + START_SECONDS + " s");
        }
        return client;
    }

    @Override
    public void close() {
        members.forEach(JavaChild::close);
    }
}
