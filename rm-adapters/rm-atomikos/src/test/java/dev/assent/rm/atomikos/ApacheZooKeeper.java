package dev.assent.rm.atomikos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;

/** One Apache ZooKeeper server in this JVM, on a free port of the loopback. */
final class ApacheZooKeeper implements AutoCloseable {
    private static final int TICK_MILLIS = 2_000;
    private static final int CONNECTIONS_MAX = 100;

    private final ServerCnxnFactory listener;

    private ApacheZooKeeper(ServerCnxnFactory listener) {
        this.listener = listener;
    }

    static ApacheZooKeeper start(Path directory) throws IOException, InterruptedException {
        ZooKeeperServer server = new ZooKeeperServer(
                directory.resolve("snapshots").toFile(),
                directory.resolve("log").toFile(),
                TICK_MILLIS);
        ServerCnxnFactory listener = ServerCnxnFactory.createFactory(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), CONNECTIONS_MAX);
        listener.startup(server);
        return new ApacheZooKeeper(listener);
    }

    int port() {
        return listener.getLocalPort();
    }

    @Override
    public void close() {
        listener.shutdown();
    }
}
