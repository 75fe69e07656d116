package dev.assent.coordination.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;

/** The official client, with what its watches told in the order in which they told it. */
final class TestClient implements AutoCloseable {
    static final int TIMEOUT_MILLIS = 10_000;
    private static final long PATIENCE_SECONDS = 120;

    private final BlockingQueue<WatchedEvent> states = new LinkedBlockingQueue<>();
    private final BlockingQueue<WatchedEvent> events = new LinkedBlockingQueue<>();
    private final ZooKeeper zk;

    private TestClient(String connect) throws IOException {
        this.zk = new ZooKeeper(connect, TIMEOUT_MILLIS, this::told);
    }

    private TestClient(String connect, long session, byte[] password) throws IOException {
        this.zk = new ZooKeeper(connect, TIMEOUT_MILLIS, this::told, session, password);
    }

    /** Connected with a new session. */
    static TestClient connect(String connect) throws Exception {
        TestClient client = new TestClient(connect);
        client.await(KeeperState.SyncConnected);
        return client;
    }

    /** Connecting with another client's session and password. */
    static TestClient resume(String connect, ZooKeeper earlier) throws IOException {
        return claim(connect, earlier.getSessionId(), earlier.getSessionPasswd());
    }

    /** Connecting with a session and a password of the caller's choice. */
    static TestClient claim(String connect, long session, byte[] password) throws IOException {
        return new TestClient(connect, session, password);
    }

    private void told(WatchedEvent event) {
        (event.getType() == EventType.None ? states : events).add(event);
    }

    ZooKeeper zk() {
        return zk;
    }

    /** Waits until the connection gets into this state. */
    void await(KeeperState state) throws InterruptedException, TimeoutException {
        WatchedEvent event;
        do {
            event = states.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (event == null) {
                throw new TimeoutException("not " + state + " within " + PATIENCE_SECONDS + " s, but " + zk.getState());
            }
        } while (event.getState() != state);
    }

    /** The next event of a znode. */
    WatchedEvent nextEvent() throws InterruptedException, TimeoutException {
        WatchedEvent event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (event == null) {
            throw new TimeoutException("no event within " + PATIENCE_SECONDS + " s");
        }
        return event;
    }

    /** Whether the connection was lost since {@link #await} was last called. */
    boolean isDisconnected() {
        return states.stream().anyMatch(event -> event.getState() != KeeperState.SyncConnected);
    }

    BlockingQueue<WatchedEvent> events() {
        return events;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
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
