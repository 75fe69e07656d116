package dev.assent.coordination.tree;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;

/** A standalone Apache ZooKeeper server of this JVM: the reference to compare with. */
public final class ZooKeeperInProcess implements AutoCloseable {
    private static final int TICK_MILLIS = 2_000;
    private static final int SESSION_MILLIS = 40_000;

    private final ServerCnxnFactory connections;

    public ZooKeeperInProcess(Path directory) throws IOException, InterruptedException {
        ZooKeeperServer server = new ZooKeeperServer(directory.toFile(), directory.toFile(), TICK_MILLIS);
        connections = new NIOServerCnxnFactory();
        connections.configure(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        connections.startup(server);
    }

    public int port() {
        return connections.getLocalPort();
    }

    ZooKeeper connect() throws IOException, InterruptedException {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper client = new ZooKeeper("127.0.0.1:" + connections.getLocalPort(), SESSION_MILLIS, event -> {
            if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                connected.countDown();
            }
        });
        if (!connected.await(120, TimeUnit.SECONDS)) {
            client.close();
            throw new IOException("no connection to the reference server within two minutes");
        }
        return client;
    }

    @Override
    public void close() {
        connections.shutdown();
    }
}
