package dev.assent.tx.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One session with the ensemble at a time; when it expires, the next one is opened. Thread-safe.
 *
 * <p>A new session is opened only after the ensemble has said that the old one is over, so that no request of the old
 * one can still be under way. Callbacks run on the client's event thread and must not block.
 */
public final class StoreSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StoreSession.class);

    /**
     * A larger reply ends the connection, and every request on it. The client's own 1 MiB is the names of some 10,000
     * decisions; one bucket of a led shard holds 600,000 in this, and listings take a bucket at a time.
     */
    private static final int REPLY_BYTES_MAX = 64 << 20;

    /** How long the end of a session is waited for; the client's only request that is not asynchronous. */
    private static final Duration FAREWELL_MAX = Duration.ofMillis(700);

    private static final Duration PROGRESS = Duration.ofSeconds(10);

    private final StoreConfig config;
    private final List<ACL> acl;
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final List<Runnable> expiryListeners = new CopyOnWriteArrayList<>();
    private volatile ZooKeeper client;
    private volatile boolean closed;
    /** Of the client's event thread: whether a connection that was there is not any more. */
    private boolean lost;

    /** A data node with its stat. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier for one reply, never compared
    record Node(byte[] data, Stat stat) {}

    /** What a multi came to: {@code OK}, or the code and place of the operation that stopped it. */
    record MultiReply(Code code, int failedOperation) {
        boolean isApplied() {
            return code == Code.OK;
        }
    }

    private StoreSession(StoreConfig config) throws IOException {
        this.config = config;
        this.acl = config.credential().isPresent() ? ZooDefs.Ids.CREATOR_ALL_ACL : ZooDefs.Ids.OPEN_ACL_UNSAFE;
        this.client = open();
    }

    /**
     * Connects, waiting at most the configured time.
     *
     * @throws IOException no server of the ensemble could be reached in that time; the message names the remedy
     */
    public static StoreSession open(StoreConfig config) throws IOException {
        StoreSession session = new StoreSession(config);
        CompletableFuture<Void> connected = new CompletableFuture<>();
        session.whenConnected(() -> connected.complete(null));
        try {
            session.await(connected);
            return session;
        } catch (TimeoutException | ExecutionException e) {
            session.close();
            throw new IOException(
                    "no server of the ensemble '" + config.connectString() + "' answered within "
                            + config.connectTimeout() + "; start the ensemble or correct coordination.connect",
                    e);
        } catch (InterruptedException e) {
            session.close();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while connecting to '" + config.connectString() + "'", e);
        }
    }

    /** Says now and then that it still waits. */
    private void await(CompletableFuture<Void> connected)
            throws TimeoutException, ExecutionException, InterruptedException {
        long endNanos = System.nanoTime() + config.connectTimeout().toNanos();
        for (long left = config.connectTimeout().toNanos(); ; left = endNanos - System.nanoTime()) {
            try {
                connected.get(Math.min(left, PROGRESS.toNanos()), TimeUnit.NANOSECONDS);
                return;
            } catch (TimeoutException e) {
                long seconds = TimeUnit.NANOSECONDS.toSeconds(endNanos - System.nanoTime());
                if (seconds <= 0) {
                    throw e;
                }
                LOG.warn(
                        "no server of the ensemble '{}' answers yet; trying for {} s more",
                        config.connectString(),
                        seconds);
            }
        }
    }

    StoreConfig config() {
        return config;
    }

    /** Runs {@code listener} whenever a session is over and the next one is being opened. */
    public void onExpiry(Runnable listener) {
        expiryListeners.add(listener);
    }

    /** Runs {@code action} once, as soon as there is a connection, or when the session closes for good. */
    void whenConnected(Runnable action) {
        waiting.add(action);
        if (closed || client.getState().isConnected()) {
            runWaiting();
        }
    }

    boolean isClosed() {
        return closed;
    }

    private void runWaiting() {
        for (Runnable action = waiting.poll(); action != null; action = waiting.poll()) {
            action.run();
        }
    }

    private ZooKeeper open() throws IOException {
        ZKClientConfig settings = new ZKClientConfig();
        settings.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "false");
        settings.setProperty(ZKClientConfig.ZOOKEEPER_REQUEST_TIMEOUT, Long.toString(FAREWELL_MAX.toMillis()));
        settings.setProperty(ZKClientConfig.JUTE_MAXBUFFER, Integer.toString(REPLY_BYTES_MAX));
        ZooKeeper opened = new ZooKeeper(
                config.connectString(),
                Math.toIntExact(config.sessionTimeout().toMillis()),
                this::sessionEvent,
                settings);
        config.credential()
                .ifPresent(user -> opened.addAuthInfo(
                        "digest", (user.user() + ":" + user.password()).getBytes(StandardCharsets.UTF_8)));
        return opened;
    }

    private void sessionEvent(WatchedEvent event) {
        if (event.getType() != EventType.None || closed) {
            return;
        }
        if (event.getState() == KeeperState.SyncConnected) {
            if (lost) {
                lost = false;
                LOG.warn("connected with '{}' again", config.connectString());
            }
            runWaiting();
        } else if (event.getState() == KeeperState.Disconnected) {
            lost = true;
            LOG.warn("the connection with '{}' is lost; its servers are tried in turn", config.connectString());
        } else if (event.getState() == KeeperState.Expired) {
            reopen();
        } else if (event.getState() == KeeperState.AuthFailed) {
            LOG.error(
                    "the ensemble '{}' refused the credential of user {}", config.connectString(), config.credential());
        }
    }

    private void reopen() {
        LOG.warn("the session with '{}' has expired; opening another", config.connectString());
        try {
            client = open();
        } catch (IOException e) {
            LOG.error("no new session with '{}' can be opened; restart the process", config.connectString(), e);
            close();
            return;
        }
        if (closed) {
            close();
            return;
        }
        expiryListeners.forEach(Runnable::run);
    }

    // ---- requests; each goes out once

    CompletableFuture<MultiReply> multi(List<Op> operations) {
        CompletableFuture<MultiReply> reply = new CompletableFuture<>();
        client.multi(
                operations, (rc, path, context, results) -> reply.complete(multiReply(Code.get(rc), results)), null);
        return reply;
    }

    private static MultiReply multiReply(Code code, @Nullable List<OpResult> results) {
        if (results == null) {
            return new MultiReply(code, -1);
        }
        for (int place = 0; place < results.size(); place++) {
            if (results.get(place) instanceof OpResult.ErrorResult error
                    && error.getErr() != Code.OK.intValue()
                    && error.getErr() != Code.RUNTIMEINCONSISTENCY.intValue()) {
                return new MultiReply(Code.get(error.getErr()), place);
            }
        }
        return new MultiReply(code, -1);
    }

    /** Sync and read as one: both on the same connection, or not at all. */
    CompletableFuture<Node> syncAndRead(String path) {
        CompletableFuture<Node> reply = new CompletableFuture<>();
        ZooKeeper same = client;
        sync(same, path, reply);
        read(same, path, reply);
        return reply;
    }

    CompletableFuture<Node> read(String path) {
        CompletableFuture<Node> reply = new CompletableFuture<>();
        read(client, path, reply);
        return reply;
    }

    /** Sync and list as one, like {@link #syncAndRead}. */
    CompletableFuture<List<String>> syncAndList(String path) {
        CompletableFuture<List<String>> reply = new CompletableFuture<>();
        ZooKeeper same = client;
        sync(same, path, reply);
        list(same, path, reply);
        return reply;
    }

    /** Several reads after one sync, all on the same connection or not at all; a missing node fails its own only. */
    List<CompletableFuture<Node>> syncAndRead(List<String> paths) {
        ZooKeeper same = client;
        CompletableFuture<Void> synced = new CompletableFuture<>();
        List<CompletableFuture<Node>> replies = new ArrayList<>(paths.size());
        sync(same, StoreLayout.ROOT, synced);
        for (String path : paths) {
            CompletableFuture<Node> reply = new CompletableFuture<>();
            CompletableFuture<Void> unused = synced.whenComplete((never, failed) -> {
                if (failed != null) {
                    reply.completeExceptionally(failed);
                }
            });
            read(same, path, reply);
            replies.add(reply);
        }
        return replies;
    }

    /** Tells {@code next}, whose request follows on the same connection, if the sync fails. */
    private static void sync(ZooKeeper same, String path, CompletableFuture<?> next) {
        same.sync(
                path,
                (rc, where, context) -> {
                    if (rc != Code.OK.intValue() && rc != Code.NONODE.intValue()) {
                        fail(next, rc, path);
                    }
                },
                null);
    }

    private static void read(ZooKeeper same, String path, CompletableFuture<Node> reply) {
        same.getData(
                path,
                false,
                (rc, where, context, data, stat) -> {
                    if (rc == Code.OK.intValue()) {
                        reply.complete(new Node(data == null ? new byte[0] : data, stat));
                    } else {
                        fail(reply, rc, path);
                    }
                },
                null);
    }

    CompletableFuture<Void> sync() {
        CompletableFuture<Void> reply = new CompletableFuture<>();
        client.sync(StoreLayout.ROOT, (rc, path, context) -> complete(reply, rc, StoreLayout.ROOT), null);
        return reply;
    }

    CompletableFuture<List<String>> children(String path) {
        CompletableFuture<List<String>> reply = new CompletableFuture<>();
        list(client, path, reply);
        return reply;
    }

    private static void list(ZooKeeper same, String path, CompletableFuture<List<String>> reply) {
        same.getChildren(
                path,
                false,
                (rc, where, context, names) -> {
                    if (rc == Code.OK.intValue()) {
                        reply.complete(names);
                    } else {
                        fail(reply, rc, path);
                    }
                },
                (Object) null);
    }

    /** Calls {@code watcher} once when the children change or the session is over. */
    void watchChildren(String path, Watcher watcher) {
        client.getChildren(path, watcher, (rc, where, context, names) -> {}, (Object) null);
    }

    CompletableFuture<Void> create(String path, byte[] data, CreateMode mode) {
        CompletableFuture<Void> reply = new CompletableFuture<>();
        client.create(path, data, acl, mode, (rc, where, context, name) -> complete(reply, rc, path), null);
        return reply;
    }

    CompletableFuture<Void> setData(String path, byte[] data, int version) {
        CompletableFuture<Void> reply = new CompletableFuture<>();
        client.setData(path, data, version, (rc, where, context, stat) -> complete(reply, rc, path), null);
        return reply;
    }

    CompletableFuture<Void> delete(String path, int version) {
        CompletableFuture<Void> reply = new CompletableFuture<>();
        client.delete(path, version, (rc, where, context) -> complete(reply, rc, path), null);
        return reply;
    }

    Op createOp(String path, byte[] data, CreateMode mode) {
        return Op.create(path, data, acl, mode);
    }

    /** The id of the session of this moment; tells ephemerals of ours from others'. */
    long sessionId() {
        return client.getSessionId();
    }

    /** With the id, what it takes to take the session over. */
    byte[] sessionPassword() {
        return client.getSessionPasswd();
    }

    /** Waits for an answer; a {@link StoreException} carries the store's code. */
    <T> T await(CompletableFuture<T> reply, String what) throws IOException {
        try {
            return reply.get(config.requestTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new StoreException(
                    Code.OPERATIONTIMEOUT,
                    what + ": no answer from the ensemble '" + config.connectString() + "' within "
                            + config.requestTimeout());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(Code.CONNECTIONLOSS, what + ": interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StoreException refused) {
                throw new StoreException(refused.code(), what + ": " + refused.getMessage());
            }
            throw new IOException(what, e);
        }
    }

    private static void complete(CompletableFuture<Void> reply, int rc, String path) {
        if (rc == Code.OK.intValue()) {
            reply.complete(null);
        } else {
            fail(reply, rc, path);
        }
    }

    private static void fail(CompletableFuture<?> reply, int rc, String path) {
        Code code = Code.get(rc);
        reply.completeExceptionally(new StoreException(code, code + " at " + path));
    }

    /** Ends the session: its ephemerals go at once. */
    @Override
    public void close() {
        closed = true;
        try {
            client.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        runWaiting();
    }
}
