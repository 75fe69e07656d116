package dev.assent.shop.gray;

import dev.assent.shop.platform.Pauses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.HostProvider;
import org.apache.zookeeper.client.ZKClientConfig;

/**
 * Sessions of the official ZooKeeper client that begin at one server and may move to the others, each holding an
 * ephemeral znode. Its process never stops, so none of them has any reason to expire.
 */
final class Sessions implements AutoCloseable {
    static final int TIMEOUT_MILLIS = 6_000;
    private static final String FOLDER = "/gray-sessions";

    private final List<ZooKeeper> clients = new ArrayList<>();
    private final List<String> ephemerals = new ArrayList<>();
    private final AtomicInteger expired = new AtomicInteger();
    private final AtomicInteger moved = new AtomicInteger();

    /** Opens so many sessions at that server, and returns when all have their znode. */
    void open(StoreEnsemble store, int server, int count) throws IOException, InterruptedException, KeeperException {
        for (int i = 0; i < count; i++) {
            ZooKeeper client = connect(store, server);
            clients.add(client);
            createIfMissing(client, FOLDER);
            ephemerals.add(client.create(
                    FOLDER + "/s-", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL_SEQUENTIAL));
        }
    }

    /** A client that begins at that server. */
    ZooKeeper connect(StoreEnsemble store, int server) throws IOException, InterruptedException {
        CountDownLatch connected = new CountDownLatch(1);
        AtomicBoolean first = new AtomicBoolean(true);
        Watcher watcher = (WatchedEvent event) -> {
            switch (event.getState()) {
                case SyncConnected -> {
                    if (!first.compareAndSet(true, false)) {
                        moved.incrementAndGet();
                    }
                    connected.countDown();
                }
                case Expired -> expired.incrementAndGet();
                default -> {
                    // between two servers
                }
            }
        };
        ZooKeeper client = new ZooKeeper(
                store.connectString(),
                TIMEOUT_MILLIS,
                watcher,
                false,
                new BeginAt(store, server),
                new ZKClientConfig());
        if (!connected.await(3L * TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)) {
            close(client);
            throw new IOException("server " + server + " took no session");
        }
        return client;
    }

    static void createIfMissing(ZooKeeper client, String path) throws KeeperException, InterruptedException {
        try {
            String unused = client.create(path, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        } catch (KeeperException.NodeExistsException there) {
            return;
        }
    }

    int count() {
        return clients.size();
    }

    int expired() {
        return expired.get();
    }

    /** How often one of them came back, at the same server or another. */
    int moved() {
        return moved.get();
    }

    /** Ephemerals that are gone although nobody ended their sessions. */
    long lostEphemerals(ZooKeeper observer) throws KeeperException, InterruptedException {
        long lost = 0;
        for (String path : ephemerals) {
            lost += observer.exists(path, false) == null ? 1 : 0;
        }
        return lost;
    }

    @Override
    public void close() {
        clients.forEach(Sessions::close);
    }

    static void close(ZooKeeper client) {
        try {
            client.close();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** That server first, then the others in turn. */
    private static final class BeginAt implements HostProvider {
        private final List<InetSocketAddress> servers = new ArrayList<>();
        private int next;

        BeginAt(StoreEnsemble store, int first) {
            for (int i = 0; i < StoreEnsemble.SIZE; i++) {
                int id = (first - 1 + i) % StoreEnsemble.SIZE + 1;
                servers.add(new InetSocketAddress(InetAddress.getLoopbackAddress(), store.clientPort(id)));
            }
        }

        @Override
        public int size() {
            return servers.size();
        }

        @Override
        public synchronized InetSocketAddress next(long spinDelay) {
            if (next > 0 && next % servers.size() == 0) {
                pause(spinDelay);
            }
            return servers.get(Math.floorMod(next++, servers.size()));
        }

        private static void pause(long millis) {
            try {
                Pauses.pause(millis);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void onConnected() {
            // The order stays as it is.
        }

        @Override
        public boolean updateServerList(Collection<InetSocketAddress> serverAddresses, InetSocketAddress currentHost) {
            return false;
        }
    }
}
