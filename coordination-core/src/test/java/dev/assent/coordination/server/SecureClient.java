package dev.assent.coordination.server;

import dev.assent.coordination.Certificates;
import dev.assent.security.TlsFiles;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;

/** The official client over TLS, as its own documentation has it set up. */
final class SecureClient implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final long PATIENCE_SECONDS = 120;

    private final BlockingQueue<WatchedEvent> states = new LinkedBlockingQueue<>();
    private final ZooKeeper zk;

    private SecureClient(int port, ZKClientConfig config) throws IOException {
        this.zk = new ZooKeeper("localhost:" + port, TIMEOUT_MILLIS, states::add, config);
    }

    static ZKClientConfig config(TlsFiles files) throws IOException {
        ZKClientConfig config = trusting(files);
        config.setProperty(
                "zookeeper.ssl.keyStore.location", Certificates.together(files).toString());
        config.setProperty("zookeeper.ssl.keyStore.type", "PEM");
        return config;
    }

    /** Without a certificate of its own. */
    static ZKClientConfig trusting(TlsFiles files) {
        ZKClientConfig config = new ZKClientConfig();
        config.setProperty("zookeeper.client.secure", "true");
        config.setProperty("zookeeper.clientCnxnSocket", "org.apache.zookeeper.ClientCnxnSocketNetty");
        config.setProperty("zookeeper.ssl.trustStore.location", files.trust().toString());
        config.setProperty("zookeeper.ssl.trustStore.type", "PEM");
        return config;
    }

    static SecureClient connect(int port, ZKClientConfig config) throws Exception {
        SecureClient client = new SecureClient(port, config);
        WatchedEvent event = client.states.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (event == null || event.getState() != KeeperState.SyncConnected) {
            client.close();
            throw new TimeoutException("not connected, but " + event);
        }
        return client;
    }

    /** Tries, whatever comes of it. */
    static SecureClient connecting(int port, ZKClientConfig config) throws IOException {
        return new SecureClient(port, config);
    }

    boolean isConnected() {
        return zk.getState().isConnected();
    }

    ZooKeeper zk() {
        return zk;
    }

    @Override
    public void close() {
        try {
            zk.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
