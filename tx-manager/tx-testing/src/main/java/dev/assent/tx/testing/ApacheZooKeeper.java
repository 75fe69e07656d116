package dev.assent.tx.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ServerCnxn;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.jspecify.annotations.Nullable;

/** An Apache ZooKeeper server from its published jar, in this process, on a free port; can stop and come back. */
public final class ApacheZooKeeper implements TestStore {
    private static final int TICK_MILLIS = 500;

    private final Path folder;
    private int port;
    private @Nullable NIOServerCnxnFactory listener;
    private @Nullable ZooKeeperServer server;

    public ApacheZooKeeper(Path folder) throws IOException {
        this.folder = folder;
        start();
    }

    @Override
    public void start() throws IOException {
        try {
            ZooKeeperServer starting = new ZooKeeperServer(
                    folder.resolve("snap").toFile(), folder.resolve("log").toFile(), TICK_MILLIS);
            starting.setMinSessionTimeout(1_000);
            starting.setMaxSessionTimeout(60_000);
            NIOServerCnxnFactory listening = new NIOServerCnxnFactory();
            listening.configure(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            listening.startup(starting);
            port = listening.getLocalPort();
            server = starting;
            listener = listening;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while starting a ZooKeeper server", e);
        }
    }

    @Override
    public String connectString() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void dropConnections() {
        NIOServerCnxnFactory listening = listener;
        if (listening != null) {
            listening.closeAll(ServerCnxn.DisconnectReason.UNKNOWN);
        }
    }

    /** The names below {@code path}, as the server itself sees them; none if it is not there. */
    public List<String> children(String path) {
        ZooKeeperServer running = server;
        try {
            return running == null ? List.of() : running.getZKDatabase().getChildren(path, null, null);
        } catch (KeeperException.NoNodeException missing) {
            return List.of();
        }
    }

    /** Ends every session, as if all clients had been silent for too long. */
    public void expireSessions() {
        ZooKeeperServer running = server;
        if (running != null) {
            Set<Long> ending = new HashSet<>(
                    running.getZKDatabase().getSessionWithTimeOuts().keySet());
            ending.forEach(running::closeSession);
            Eventually.soon(
                    "the sessions have ended",
                    () -> Collections.disjoint(
                            running.getZKDatabase().getSessionWithTimeOuts().keySet(), ending));
        }
        dropConnections(); // a silent client would notice only at its next request
    }

    @Override
    public void stop() {
        NIOServerCnxnFactory listening = listener;
        if (listening != null) {
            listening.shutdown();
        }
        ZooKeeperServer running = server;
        if (running != null) {
            running.shutdown(true);
        }
    }

    @Override
    public void close() {
        stop();
    }
}
