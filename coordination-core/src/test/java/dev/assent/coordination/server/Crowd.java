package dev.assent.coordination.server;

import static org.apache.zookeeper.ZooDefs.Ids.OPEN_ACL_UNSAFE;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.HostProvider;

/** Official clients with an ephemeral znode each, which begin on one server and may go to all of them. */
final class Crowd implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 120;

    private final List<Member> members = new ArrayList<>();
    private final AtomicInteger expired = new AtomicInteger();
    private final Object change = new Object();

    /** Comes with {@code size} clients to the server with port {@code home}. */
    static Crowd at(int home, List<Integer> ports, int size, int timeoutMillis) throws Exception {
        Crowd crowd = new Crowd();
        for (int i = 0; i < size; i++) {
            crowd.members.add(crowd.new Member(home, ports, timeoutMillis));
        }
        crowd.await("all are connected", () -> crowd.members.stream().allMatch(member -> member.connected));
        for (Member member : crowd.members) {
            member.zk.create(member.path(), new byte[0], OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
        }
        return crowd;
    }

    private final class Member {
        final Hosts hosts;
        final ZooKeeper zk;
        volatile boolean connected;

        Member(int home, List<Integer> ports, int timeoutMillis) throws IOException {
            this.hosts = new Hosts(home, ports);
            this.zk = new ZooKeeper("127.0.0.1:" + home, timeoutMillis, event -> told(event.getState()), false, hosts);
        }

        private void told(KeeperState state) {
            connected = state == KeeperState.SyncConnected;
            if (state == KeeperState.Expired) {
                expired.incrementAndGet();
            }
            synchronized (change) {
                change.notifyAll();
            }
        }

        String path() {
            return "/crowd-" + Long.toHexString(zk.getSessionId());
        }
    }

    /** In order, from the first one on. */
    private static final class Hosts implements HostProvider {
        private final List<Integer> ports;
        private int next;
        private volatile int port;

        Hosts(int home, List<Integer> ports) {
            this.ports = List.copyOf(ports);
            this.next = ports.indexOf(home);
            this.port = home;
        }

        @Override
        public int size() {
            return ports.size();
        }

        @Override
        public InetSocketAddress next(long spinDelay) {
            port = ports.get(next);
            next = (next + 1) % ports.size();
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        }

        @Override
        public void onConnected() {}

        @Override
        public boolean updateServerList(Collection<InetSocketAddress> servers, InetSocketAddress current) {
            throw new UnsupportedOperationException("these stay");
        }
    }

    /** Until nobody is at {@code port} any more and all are connected elsewhere. */
    void awaitMovedFrom(int port) throws Exception {
        await("all have moved", () -> members.stream().allMatch(one -> one.connected && one.hosts.port != port));
    }

    void awaitConnected() throws Exception {
        await("all are connected", () -> members.stream().allMatch(one -> one.connected));
    }

    private void await(String what, BooleanSupplier condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        synchronized (change) {
            while (!condition.getAsBoolean()) {
                if (expired.get() > 0 || System.nanoTime() > end) {
                    throw new TimeoutException("not seen in time: " + what + "; " + expired + " sessions expired");
                }
                change.wait(100);
            }
        }
    }

    /** Sessions that were told to be over. */
    int expired() {
        return expired.get();
    }

    /** Members whose ephemeral znode is not there any more. */
    long bereft(ZooKeeper reader) throws Exception {
        long missing = 0;
        for (Member member : members) {
            missing += reader.exists(member.path(), false) == null ? 1 : 0;
        }
        return missing;
    }

    @Override
    public void close() {
        for (Member member : members) {
            try {
                member.zk.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
