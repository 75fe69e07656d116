package dev.assent.rm.atomikos;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to the ensemble that outlives sessions: when one expires, the next is opened. Nothing here is
 * ephemeral, so an expired session costs nothing but time. Thread-safe; calls are pipelined.
 */
final class ZnodeSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ZnodeSession.class);
    private static final int SESSION_TIMEOUT_MILLIS = 15_000;
    private static final int CLOSE_TIMEOUT_MILLIS = 2_000;
    private static final int REOPEN_PAUSE_MILLIS = 1_000;

    /** How long one request may go unanswered on a connection; then another connection is opened and asks again. */
    static final Duration REQUEST_MAX = Duration.ofSeconds(5);

    /** A larger reply ends the connection. The client's own 1 MiB is the names of some 10,000 decisions. */
    private static final int REPLY_BYTES_MAX = 64 << 20;

    private final LogSettings settings;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private ZooKeeper client;

    /** Counts the clients opened. */
    @GuardedBy("lock")
    private int generation;

    @GuardedBy("lock")
    private boolean connected;

    @GuardedBy("lock")
    private boolean expired;

    @GuardedBy("lock")
    private boolean closed;

    private ZnodeSession(LogSettings settings) throws IOException {
        this.settings = settings;
        synchronized (lock) {
            client = open();
        }
    }

    /**
     * Connects.
     *
     * @throws IOException nobody answered within {@link LogSettings#connectTimeout}; the message names the address
     */
    static ZnodeSession connect(LogSettings settings) throws IOException {
        ZnodeSession session = new ZnodeSession(settings);
        if (!session.awaitConnected(Deadline.in(settings.connectTimeout()))) {
            session.close();
            throw new IOException("no coordination server answered at " + settings.connect() + " within "
                    + settings.connectTimeout().toMillis() + " ms: start the ensemble, or correct the property "
                    + LogSettings.CONNECT);
        }
        return session;
    }

    @GuardedBy("lock")
    private ZooKeeper open() throws IOException {
        int opening = ++generation;
        ZKClientConfig own = new ZKClientConfig();
        own.setProperty(ZKClientConfig.ZOOKEEPER_REQUEST_TIMEOUT, Long.toString(REQUEST_MAX.toMillis()));
        own.setProperty(ZKClientConfig.JUTE_MAXBUFFER, Integer.toString(REPLY_BYTES_MAX));
        ZooKeeper opened =
                new ZooKeeper(settings.connect(), SESSION_TIMEOUT_MILLIS, event -> followed(opening, event), own);
        settings.auth().ifPresent(auth -> {
            int colon = auth.indexOf(':');
            opened.addAuthInfo(
                    auth.substring(0, colon), auth.substring(colon + 1).getBytes(StandardCharsets.UTF_8));
        });
        return opened;
    }

    /** Events of a client count only while it is the current one. */
    private void followed(int source, WatchedEvent event) {
        synchronized (lock) {
            if (source != generation) {
                return;
            }
            connected = event.getState() == Watcher.Event.KeeperState.SyncConnected;
            expired = event.getState() == Watcher.Event.KeeperState.Expired;
            reopenIfExpired();
            if (event.getState() == Watcher.Event.KeeperState.AuthFailed) {
                LOG.error("the coordination store refused the credentials: correct the property {}", LogSettings.AUTH);
            }
            lock.notifyAll();
        }
    }

    /** Whether a connection stands, waiting for one until {@code deadline}. */
    boolean awaitConnected(Deadline deadline) {
        synchronized (lock) {
            while (!connected && !closed && !deadline.isPast()) {
                reopenIfExpired();
                try {
                    lock.wait(Math.min(REOPEN_PAUSE_MILLIS, deadline.remainingMillis()));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
            return connected && !closed;
        }
    }

    /**
     * Sends a group that happens as a whole or not at all, and waits for its answer, no longer than {@link #REQUEST_MAX}:
     * a server that takes requests and does not answer is left for another one.
     */
    StoreAnswer multi(List<Op> group, Deadline deadline) {
        ZooKeeper asked = handle();
        CompletableFuture<StoreAnswer> answer = new CompletableFuture<>();
        asked.multi(group, (code, path, context, results) -> answer.complete(interpret(code, results)), null);
        try {
            return answer.get(deadline.remainingMillis(REQUEST_MAX), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            if (!deadline.isPast()) {
                leave(asked);
            }
            return new StoreAnswer.Lost(KeeperException.Code.OPERATIONTIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new StoreAnswer.Lost(KeeperException.Code.OPERATIONTIMEOUT);
        } catch (ExecutionException e) {
            throw new IllegalStateException("an answer is completed with a value only", e);
        }
    }

    /** Nothing here belongs to a session, so another one serves as well. */
    private void leave(ZooKeeper silent) {
        synchronized (lock) {
            if (client != silent || closed) {
                return;
            }
            LOG.warn("the coordination store has not answered for {} ms; connecting anew", REQUEST_MAX.toMillis());
            connected = false;
            expired = true; // opened anew by the next one who waits
            reopenIfExpired();
        }
        Thread closing = new Thread(() -> closeQuietly(silent), "assent-atomikos-close");
        closing.setDaemon(true);
        closing.start();
    }

    private static void closeQuietly(ZooKeeper left) {
        try {
            boolean unused = left.close(CLOSE_TIMEOUT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads many at once. */
    List<NodeRead> readAll(List<String> paths, Deadline deadline) throws IOException, KeeperException {
        ZooKeeper asked = handle();
        List<CompletableFuture<Optional<NodeRead>>> replies =
                paths.stream().map(path -> read(asked, path)).toList();
        List<NodeRead> reads = new ArrayList<>();
        for (int place = 0; place < paths.size(); place++) {
            Optional<NodeRead> reply = answer(replies.get(place), deadline);
            reads.add(reply.isPresent() ? reply.get() : readAgain(paths.get(place), deadline));
        }
        return reads;
    }

    private static CompletableFuture<Optional<NodeRead>> read(ZooKeeper asked, String path) {
        CompletableFuture<Optional<NodeRead>> reply = new CompletableFuture<>();
        asked.getData(
                path,
                false,
                (code, read, context, data, stat) -> reply.complete(read(KeeperException.Code.get(code), data)),
                null);
        return reply;
    }

    /** Empty if the store has not answered. */
    private static Optional<NodeRead> read(KeeperException.Code code, byte @Nullable [] data) {
        return switch (code) {
            case OK -> Optional.of(new NodeRead.Found(data));
            case NONODE -> Optional.of(new NodeRead.Absent());
            case NOAUTH -> Optional.of(new NodeRead.Refused(code));
            default -> Optional.empty();
        };
    }

    private static Optional<NodeRead> answer(CompletableFuture<Optional<NodeRead>> reply, Deadline deadline)
            throws IOException {
        try {
            return reply.get(deadline.remainingMillis(REQUEST_MAX), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException notAnswered) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted while asking the store").initCause(e);
        }
    }

    private NodeRead readAgain(String path, Deadline deadline) throws IOException, KeeperException {
        try {
            return new NodeRead.Found(repeat(client -> client.getData(path, false, null), deadline));
        } catch (KeeperException.NoNodeException e) {
            return new NodeRead.Absent();
        } catch (KeeperException.NoAuthException e) {
            return new NodeRead.Refused(e.code());
        }
    }

    private static StoreAnswer interpret(int rc, List<OpResult> results) {
        KeeperException.Code code = KeeperException.Code.get(rc);
        if (code == KeeperException.Code.OK) {
            return new StoreAnswer.Applied();
        }
        for (int i = 0; results != null && i < results.size(); i++) {
            if (results.get(i) instanceof OpResult.ErrorResult error && isCause(error.getErr())) {
                return new StoreAnswer.Refused(i, KeeperException.Code.get(error.getErr()));
            }
        }
        return switch (code) {
            case NOAUTH, AUTHFAILED, INVALIDACL, BADARGUMENTS, UNIMPLEMENTED, MARSHALLINGERROR, QUOTAEXCEEDED ->
                new StoreAnswer.Refused(-1, code);
            default -> new StoreAnswer.Lost(code);
        };
    }

    /** Operations before the one at fault are marked OK, those after it as a runtime inconsistency. */
    private static boolean isCause(int error) {
        return error != KeeperException.Code.OK.intValue()
                && error != KeeperException.Code.RUNTIMEINCONSISTENCY.intValue();
    }

    /** A read or an idempotent write. */
    interface Call<T> {
        T on(ZooKeeper client) throws KeeperException, InterruptedException;
    }

    /**
     * Repeats {@code call} while the connection fails.
     *
     * @throws IOException no answer until {@code deadline}
     * @throws KeeperException the store's own answer
     */
    <T> T repeat(Call<T> call, Deadline deadline) throws IOException, KeeperException {
        while (awaitConnected(deadline)) {
            try {
                return call.on(handle());
            } catch (KeeperException.ConnectionLossException
                    | KeeperException.RequestTimeoutException
                    | KeeperException.SessionExpiredException
                    | KeeperException.SessionMovedException e) {
                LOG.debug("asking the coordination store again", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (IOException) new InterruptedIOException("interrupted while asking the store").initCause(e);
            }
        }
        throw new IOException("the coordination store at " + settings.connect() + " does not answer");
    }

    /** A failure (no file handles, say) is tried again by the next one who waits. */
    @GuardedBy("lock")
    private void reopenIfExpired() {
        if (!expired || closed) {
            return;
        }
        try {
            client = open();
            expired = false;
            LOG.info("opened another session with the coordination store");
        } catch (IOException e) {
            LOG.error("cannot open another session with the coordination store", e);
        }
    }

    long sessionId() {
        return handle().getSessionId();
    }

    private ZooKeeper handle() {
        synchronized (lock) {
            return client;
        }
    }

    @Override
    public void close() {
        ZooKeeper last;
        synchronized (lock) {
            closed = true;
            last = client;
            lock.notifyAll();
        }
        closeQuietly(last);
    }
}
