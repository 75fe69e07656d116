package dev.assent.store;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One session with the ensemble at a time; when it is over, the next one is opened. Thread-safe.
 *
 * <p>A new session is opened only after the ensemble has said that the old one is over, so that no request of the old
 * one can still be under way; {@link #leave} is the exception. Every request goes out once, and its future ends with
 * the answer, or with a {@link StoreException} of a lost connection, whose effect is unknown. Futures end on the
 * client's event thread: what hangs on them must not block, and {@link #await} refuses to.
 */
public final class StoreSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StoreSession.class);

    private static final Duration PROGRESS = Duration.ofSeconds(10);

    /** Any path does: all that was acknowledged before is seen after it, on the same connection. */
    private static final String SYNCED = "/";

    private static final String EVENT_THREAD = "-EventThread";

    private final StoreConfig config;
    private final List<ACL> own;
    private final List<ACL> shared;
    private final SessionKeeper keeper;
    private final StoreOp.Handler<Op> forTheClient = new ForTheClient();

    private StoreSession(StoreConfig config) throws IOException {
        this.config = config;
        boolean isKnown = config.credential().isPresent();
        this.own = isKnown ? ZooDefs.Ids.CREATOR_ALL_ACL : ZooDefs.Ids.OPEN_ACL_UNSAFE;
        // Not List.of: the client asks the list whether it contains null.
        this.shared = isKnown
                ? Arrays.asList(
                        new ACL(ZooDefs.Perms.ALL, ZooDefs.Ids.AUTH_IDS),
                        new ACL(ZooDefs.Perms.READ | ZooDefs.Perms.CREATE, ZooDefs.Ids.ANYONE_ID_UNSAFE))
                : ZooDefs.Ids.OPEN_ACL_UNSAFE;
        this.keeper = new SessionKeeper(config);
    }

    /**
     * Connects, waiting at most the configured time, and says now and then that it still waits.
     *
     * @throws IOException no server of the ensemble could be reached in that time; the message names the remedy
     */
    public static StoreSession open(StoreConfig config) throws IOException {
        StoreSession session = new StoreSession(config);
        Deadline end = Deadline.in(config.connectTimeout());
        try {
            while (!session.keeper.awaitConnected(end.earlier(Deadline.in(PROGRESS)))) {
                if (end.isPast()) {
                    session.close();
                    throw new IOException("no server of the ensemble '" + config.connectString() + "' answered within "
                            + config.connectTimeout() + session.remedy());
                }
                LOG.warn(
                        "no server of the ensemble '{}' answers yet; trying for {} s more",
                        config.connectString(),
                        TimeUnit.MILLISECONDS.toSeconds(end.remainingMillis()));
            }
            return session;
        } catch (InterruptedException e) {
            session.close();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while connecting to '" + config.connectString() + "'", e);
        }
    }

    private String remedy() {
        return keeper.trouble()
                .map(why -> "; TLS came to nothing with " + why)
                .orElse("; start the ensemble or correct coordination.connect");
    }

    public StoreConfig config() {
        return config;
    }

    /** The id of the session of this moment, which tells ephemerals of ours from others'. */
    public long sessionId() {
        return keeper.client().getSessionId();
    }

    /** With the id, what it takes to take the session over. */
    public byte[] sessionPassword() {
        return keeper.client().getSessionPasswd();
    }

    /** Has {@code listener} told what becomes of the session from now on. */
    public void listen(SessionListener listener) {
        keeper.listen(listener);
    }

    /** Runs {@code action} whenever the ensemble has said that a session is over, and the next one is being opened. */
    public void onExpiry(Runnable action) {
        keeper.listen(new SessionListener() {
            @Override
            public void lost(long session, Loss how) {
                if (how == Loss.CONFIRMED) {
                    action.run();
                }
            }
        });
    }

    /** Runs {@code action} once, as soon as there is a connection, or when the session closes for good. */
    public void whenConnected(Runnable action) {
        keeper.whenConnected(action);
    }

    public boolean isConnected() {
        return keeper.isConnected();
    }

    public boolean isClosed() {
        return keeper.isClosed();
    }

    /** Whether a connection stands, waiting for one until {@code deadline}; false also when interrupted. */
    public boolean awaitConnected(Deadline deadline) {
        try {
            return keeper.awaitConnected(deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Opens another session in place of {@code silent}, a server of which takes requests and does not answer them; does
     * nothing when that is not the current one any more. For those who have no ephemerals, and to whom it does not
     * matter that requests under way may still be carried out.
     */
    public void leave(long silent) {
        keeper.leave(silent);
    }

    // ---- writes; each goes out once

    /** All of the operations or none, in one transaction of the store. */
    public CompletableFuture<MultiReply> multi(List<? extends StoreOp> operations) {
        CompletableFuture<MultiReply> reply = new CompletableFuture<>();
        List<Op> translated = new ArrayList<>(operations.size());
        for (StoreOp operation : operations) {
            translated.add(operation.accept(forTheClient));
        }
        keeper.client()
                .multi(translated, (rc, path, context, results) -> reply.complete(MultiReply.of(rc, results)), null);
        return reply;
    }

    private final class ForTheClient implements StoreOp.Handler<Op> {
        @Override
        public Op check(StoreOp.Check op) {
            return Op.check(op.path(), op.version());
        }

        @Override
        public Op create(StoreOp.Create op) {
            return Op.create(op.path(), op.data(), acl(op), mode(op));
        }

        @Override
        public Op setData(StoreOp.SetData op) {
            return Op.setData(op.path(), op.data(), op.version());
        }

        @Override
        public Op delete(StoreOp.Delete op) {
            return Op.delete(op.path(), op.version());
        }
    }

    private List<ACL> acl(StoreOp.Create op) {
        return switch (op.access()) {
            case OWN -> own;
            case SHARED -> shared;
        };
    }

    private static CreateMode mode(StoreOp.Create op) {
        return switch (op.lifetime()) {
            case PERSISTENT -> CreateMode.PERSISTENT;
            case EPHEMERAL -> CreateMode.EPHEMERAL;
        };
    }

    public CompletableFuture<Void> create(StoreOp.Create op) {
        CompletableFuture<Void> reply = new CompletableFuture<>();
        keeper.client()
                .create(
                        op.path(),
                        op.data(),
                        acl(op),
                        mode(op),
                        (rc, where, context, name) -> complete(reply, null, rc, op.path()),
                        null);
        return reply;
    }

    /** Makes a znode that stays. */
    public CompletableFuture<Void> create(String path, byte[] data) {
        return create(new StoreOp.Create(path, data));
    }

    /** Ends with the znode as it is then; only if it had that version, or -1 was given. */
    public CompletableFuture<NodeStat> setData(String path, byte[] data, int version) {
        CompletableFuture<NodeStat> reply = new CompletableFuture<>();
        keeper.client()
                .setData(
                        path, data, version, (rc, where, context, stat) -> complete(reply, stat(stat), rc, path), null);
        return reply;
    }

    public CompletableFuture<Void> delete(String path, int version) {
        CompletableFuture<Void> reply = new CompletableFuture<>();
        keeper.client().delete(path, version, (rc, where, context) -> complete(reply, null, rc, path), null);
        return reply;
    }

    // ---- reads; those that sync first see every write that finished before the call

    /** Sync and read as one: both on the same connection, or not at all. */
    public CompletableFuture<Node> syncAndRead(String path) {
        CompletableFuture<Node> reply = new CompletableFuture<>();
        ZooKeeper same = keeper.client();
        sync(same, path, reply);
        read(same, path, null, reply);
        return reply;
    }

    public CompletableFuture<Node> read(String path) {
        CompletableFuture<Node> reply = new CompletableFuture<>();
        read(keeper.client(), path, null, reply);
        return reply;
    }

    /** The same, to be told of its next change. */
    public CompletableFuture<Node> read(String path, StoreWatch watch) {
        CompletableFuture<Node> reply = new CompletableFuture<>();
        read(keeper.client(), path, watch.watcher, reply);
        return reply;
    }

    /** Sync and list as one, like {@link #syncAndRead}. */
    public CompletableFuture<List<String>> syncAndList(String path) {
        CompletableFuture<List<String>> reply = new CompletableFuture<>();
        ZooKeeper same = keeper.client();
        sync(same, path, reply);
        list(same, path, null, reply);
        return reply;
    }

    /** Several reads after one sync, all on the same connection or not at all; a missing node fails its own only. */
    public List<CompletableFuture<Node>> syncAndRead(List<String> paths) {
        ZooKeeper same = keeper.client();
        CompletableFuture<Void> synced = new CompletableFuture<>();
        List<CompletableFuture<Node>> replies = new ArrayList<>(paths.size());
        sync(same, SYNCED, synced);
        for (String path : paths) {
            CompletableFuture<Node> reply = new CompletableFuture<>();
            CompletableFuture<Void> unused = synced.whenComplete((never, failed) -> {
                if (failed != null) {
                    reply.completeExceptionally(failed);
                }
            });
            read(same, path, null, reply);
            replies.add(reply);
        }
        return replies;
    }

    /** Tells {@code next}, whose request follows on the same connection, if the sync fails. */
    private static void sync(ZooKeeper same, String path, CompletableFuture<?> next) {
        same.sync(
                path,
                (rc, where, context) -> {
                    StoreCode code = StoreCode.of(rc);
                    if (code != StoreCode.OK && code != StoreCode.NONODE) {
                        fail(next, code, path);
                    }
                },
                null);
    }

    private static void read(ZooKeeper same, String path, @Nullable Watcher watcher, CompletableFuture<Node> reply) {
        same.getData(
                path,
                watcher,
                (rc, where, context, data, stat) -> {
                    if (StoreCode.of(rc) == StoreCode.OK) {
                        reply.complete(new Node(data == null ? new byte[0] : data, NodeStat.of(stat)));
                    } else {
                        fail(reply, StoreCode.of(rc), path);
                    }
                },
                null);
    }

    /** All that the store tells of a znode, for who looks at it. */
    public CompletableFuture<NodeDetail> detail(String path) {
        CompletableFuture<NodeDetail> reply = new CompletableFuture<>();
        ZooKeeper same = keeper.client();
        same.getACL(
                path,
                new Stat(),
                (rc, where, context, acl, stat) -> {
                    if (StoreCode.of(rc) == StoreCode.OK) {
                        CompletableFuture<Node> data = new CompletableFuture<>();
                        read(same, path, null, data);
                        CompletableFuture<?> unused = data.whenComplete((node, failed) -> {
                            if (failed == null) {
                                reply.complete(NodeDetail.of(node, stat, acl));
                            } else {
                                reply.completeExceptionally(failed);
                            }
                        });
                    } else {
                        fail(reply, StoreCode.of(rc), path);
                    }
                },
                null);
        return reply;
    }

    /** The server this client is connected with has caught up with all writes that finished before the call. */
    public CompletableFuture<Void> sync() {
        CompletableFuture<Void> reply = new CompletableFuture<>();
        keeper.client().sync(SYNCED, (rc, path, context) -> complete(reply, null, rc, SYNCED), null);
        return reply;
    }

    /** What is known of a znode; empty if there is none. */
    public CompletableFuture<Optional<NodeStat>> exists(String path) {
        return exists(path, (Watcher) null);
    }

    /** The same, to be told when it comes, changes or goes. */
    public CompletableFuture<Optional<NodeStat>> exists(String path, StoreWatch watch) {
        return exists(path, watch.watcher);
    }

    private CompletableFuture<Optional<NodeStat>> exists(String path, @Nullable Watcher watcher) {
        CompletableFuture<Optional<NodeStat>> reply = new CompletableFuture<>();
        keeper.client()
                .exists(
                        path,
                        watcher,
                        (rc, where, context, stat) -> {
                            if (StoreCode.of(rc) == StoreCode.NONODE) {
                                reply.complete(Optional.empty());
                            } else {
                                complete(reply, Optional.ofNullable(stat(stat)), rc, path);
                            }
                        },
                        null);
        return reply;
    }

    public CompletableFuture<List<String>> children(String path) {
        CompletableFuture<List<String>> reply = new CompletableFuture<>();
        list(keeper.client(), path, null, reply);
        return reply;
    }

    /** The same, to be told when a child comes or goes. */
    public CompletableFuture<List<String>> children(String path, StoreWatch watch) {
        CompletableFuture<List<String>> reply = new CompletableFuture<>();
        list(keeper.client(), path, watch.watcher, reply);
        return reply;
    }

    private static void list(
            ZooKeeper same, String path, @Nullable Watcher watcher, CompletableFuture<List<String>> reply) {
        same.getChildren(path, watcher, (rc, where, context, names) -> complete(reply, names, rc, path), (Object) null);
    }

    private static @Nullable NodeStat stat(@Nullable Stat stat) {
        return stat == null ? null : NodeStat.of(stat);
    }

    private static <T> void complete(CompletableFuture<T> reply, @Nullable T value, int rc, String path) {
        StoreCode code = StoreCode.of(rc);
        if (code == StoreCode.OK) {
            reply.complete(value);
        } else {
            fail(reply, code, path);
        }
    }

    private static void fail(CompletableFuture<?> reply, StoreCode code, String path) {
        reply.completeExceptionally(new StoreException(code, code + " at " + path));
    }

    // ---- for those who wait

    /**
     * Waits for an answer, at most the configured time.
     *
     * @throws StoreException the store's own answer, or its silence
     */
    public <T> T await(CompletableFuture<T> reply, String what) throws IOException {
        return await(reply, what, config.requestTimeout());
    }

    /** The same, and not longer than to {@code deadline}. */
    public <T> T await(CompletableFuture<T> reply, String what, Deadline deadline) throws IOException {
        return await(reply, what, Duration.ofMillis(deadline.remainingMillis(config.requestTimeout())));
    }

    private <T> T await(CompletableFuture<T> reply, String what, Duration most) throws IOException {
        refuseToBlockAnswers(reply, what);
        try {
            return reply.get(most.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new StoreException(
                    StoreCode.OPERATIONTIMEOUT,
                    what + ": no answer from the ensemble '" + config.connectString() + "' within " + most);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(StoreCode.CONNECTIONLOSS, what + ": interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StoreException refused) {
                throw new StoreException(refused.code(), what + ": " + refused.getMessage());
            }
            throw new IOException(what, e);
        }
    }

    /** The thread that brings the answers would wait for itself. */
    private static void refuseToBlockAnswers(CompletableFuture<?> reply, String what) {
        if (Thread.currentThread().getName().endsWith(EVENT_THREAD) && !reply.isDone()) {
            throw new IllegalStateException(what + ": waits on the thread that brings the store's answers");
        }
    }

    /**
     * Sends what {@code request} makes, again and again while the store is silent: for reads, and for writes that may be
     * repeated.
     *
     * @throws StoreException the store's own answer, or its silence until {@code deadline}
     */
    public <T> T repeat(String what, Deadline deadline, Supplier<CompletableFuture<T>> request) throws IOException {
        while (awaitConnected(deadline)) {
            try {
                return await(request.get(), what, deadline);
            } catch (StoreException e) {
                if (Thread.currentThread().isInterrupted() || !e.code().isSilence()) {
                    throw e;
                }
                LOG.debug("asking the store again", e);
            }
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException(what + ": interrupted while asking the store");
        }
        throw new StoreException(
                StoreCode.OPERATIONTIMEOUT, what + ": the ensemble '" + config.connectString() + "' does not answer");
    }

    /** Makes a znode unless there is one, repeating itself while the store is silent. */
    public void createIfMissing(StoreOp.Create op, Deadline deadline) throws IOException {
        try {
            repeat("creating " + op.path(), deadline, () -> create(op));
        } catch (StoreException e) {
            if (!e.is(StoreCode.NODEEXISTS)) {
                throw e;
            }
        }
    }

    /** Ends the session: its ephemerals go at once. */
    @Override
    public void close() {
        keeper.close();
    }
}
