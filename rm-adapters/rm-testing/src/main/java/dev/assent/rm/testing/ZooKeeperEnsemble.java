package dev.assent.rm.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;

/** One Apache ZooKeeper server in this JVM: the store of decisions in tests. */
public final class ZooKeeperEnsemble implements AutoCloseable {
    private static final int TICK_MILLIS = 500;
    private static final int CONNECTIONS_MAX = 50;

    private final ServerCnxnFactory connections;

    public ZooKeeperEnsemble(Path directory) throws IOException, InterruptedException {
        connections = new NIOServerCnxnFactory();
        connections.configure(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), CONNECTIONS_MAX);
        connections.startup(new ZooKeeperServer(directory.toFile(), directory.toFile(), TICK_MILLIS));
    }

    public String connect() {
        return "127.0.0.1:" + connections.getLocalPort();
    }

    @Override
    public void close() {
        connections.shutdown();
    }
}
