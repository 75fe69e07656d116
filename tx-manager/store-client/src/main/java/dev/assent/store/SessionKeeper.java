package dev.assent.store;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.assent.security.Security;
import dev.assent.settings.SettingsException;
import dev.assent.store.SessionListener.Loss;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one client of the ensemble at a time, and tells what becomes of its session. Thread-safe.
 *
 * <p>The client's event thread is never held up: it takes a note of what happened, and the listeners are told by a
 * thread of ours, which also watches the clock of a session without a connection.
 */
final class SessionKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(SessionKeeper.class);

    /**
     * A larger reply ends the connection, and every request on it. The client's own 1 MiB is the names of some 10,000
     * decisions; one bucket of a led shard holds 600,000 in this, and listings take a bucket at a time.
     */
    private static final int REPLY_BYTES_MAX = 64 << 20;

    /** How long the end of a session is waited for; the client's only request that is not asynchronous. */
    private static final Duration FAREWELL_MAX = Duration.ofMillis(700);

    /** Between attempts to make a client, which fail for want of descriptors, say. */
    private static final Duration REOPEN_PAUSE = Duration.ofSeconds(1);

    /** After which the thread that tells listeners goes, until there is something to tell again. */
    private static final Duration IDLE = Duration.ofSeconds(30);

    private enum Connection {
        NONE_YET,
        STANDS,
        SUSPENDED
    }

    /** The library finds its socket by this name. */
    private static final String SOCKET = "org.apache.zookeeper.AssentSocket";

    private final StoreConfig config;
    private final Optional<Security> security;
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final List<SessionListener> listeners = new CopyOnWriteArrayList<>();
    private final ScheduledThreadPoolExecutor news =
            new ScheduledThreadPoolExecutor(1, SessionKeeper::newsThread, new ThreadPoolExecutor.DiscardPolicy());
    private final Object lock = new Object();
    /** Written under the lock. */
    private volatile ZooKeeper client;
    /** Written under the lock. */
    private volatile boolean closed;

    /** How the client of this moment dials, if it speaks TLS. */
    private volatile Optional<TlsDialling> dialling = Optional.empty();

    /** Counts the clients made; events of earlier ones do not count. */
    @GuardedBy("lock")
    private int generation;

    @GuardedBy("lock")
    private Connection connection = Connection.NONE_YET;

    /** The session that last had a connection. */
    @GuardedBy("lock")
    private long session;

    @GuardedBy("lock")
    private @Nullable ScheduledFuture<?> presumption;

    SessionKeeper(StoreConfig config) throws IOException {
        this.config = config;
        this.security = security(config);
        news.setKeepAliveTime(IDLE.toMillis(), TimeUnit.MILLISECONDS);
        news.allowCoreThreadTimeOut(true);
        news.setRemoveOnCancelPolicy(true);
        synchronized (lock) {
            client = first();
        }
    }

    /** If there is none, nobody closes this: no thread may be left that looks at certificates. */
    @GuardedBy("lock")
    private ZooKeeper first() throws IOException {
        try {
            return make(generation);
        } catch (IOException | RuntimeException e) {
            security.ifPresent(Security::close);
            throw e;
        }
    }

    private static Optional<Security> security(StoreConfig config) throws IOException {
        if (config.tls().isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Security.open(config.tls().get().files()));
        } catch (SettingsException e) {
            throw new IOException("no TLS with the ensemble '" + config.connectString() + "': " + e.getMessage(), e);
        }
    }

    private static Thread newsThread(Runnable task) {
        Thread thread = new Thread(task, "assent-store-session");
        thread.setDaemon(true);
        return thread;
    }

    private ZooKeeper make(int number) throws IOException {
        ZKClientConfig settings = settings();
        settings.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "false");
        settings.setProperty(ZKClientConfig.ZOOKEEPER_REQUEST_TIMEOUT, Long.toString(FAREWELL_MAX.toMillis()));
        settings.setProperty(ZKClientConfig.JUTE_MAXBUFFER, Integer.toString(REPLY_BYTES_MAX));
        int timeoutMillis = Math.toIntExact(config.sessionTimeout().toMillis());
        Watcher watcher = event -> happened(number, event);
        ZooKeeper made =
                switch (config.order()) {
                    case ANY -> new ZooKeeper(config.connectString(), timeoutMillis, watcher, settings);
                    case NAMED ->
                        new ZooKeeper(
                                config.connectString(),
                                timeoutMillis,
                                watcher,
                                false,
                                new InOrder(config.connectString()),
                                settings);
                };
        config.credential()
                .ifPresent(who -> made.addAuthInfo(who.scheme(), who.secret().getBytes(StandardCharsets.UTF_8)));
        return made;
    }

    private ZKClientConfig settings() {
        Optional<TlsDialling> secured =
                security.map(held -> new TlsDialling(config.tls().orElseThrow(), held));
        dialling = secured;
        ZKClientConfig settings = secured.<ZKClientConfig>map(tls -> tls).orElseGet(Dialling.Plain::new);
        settings.setProperty(ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET, SOCKET);
        return settings;
    }

    /** Why TLS with the last server that was tried came to nothing. */
    Optional<String> trouble() {
        return dialling.flatMap(TlsDialling::trouble);
    }

    ZooKeeper client() {
        return client;
    }

    boolean isClosed() {
        return closed;
    }

    boolean isConnected() {
        return !closed && client.getState().isConnected();
    }

    void listen(SessionListener listener) {
        listeners.add(listener);
    }

    /** Runs {@code action} once, as soon as there is a connection, or when the session closes for good. */
    void whenConnected(Runnable action) {
        waiting.add(action);
        if (closed || client.getState().isConnected()) {
            runWaiting();
        }
    }

    private void runWaiting() {
        for (Runnable action = waiting.poll(); action != null; action = waiting.poll()) {
            action.run();
        }
    }

    /** Whether a connection stands, waiting for one until {@code deadline}. */
    boolean awaitConnected(Deadline deadline) throws InterruptedException {
        synchronized (lock) {
            while (connection != Connection.STANDS && !closed && !deadline.isPast()) {
                lock.wait(deadline.remainingMillis());
            }
            return connection == Connection.STANDS && !closed;
        }
    }

    // ---- what the client tells

    private void happened(int source, WatchedEvent event) {
        if (event.getType() != EventType.None) {
            return;
        }
        synchronized (lock) {
            if (closed || source != generation) {
                return;
            }
            if (event.getState() == KeeperState.SyncConnected) {
                connected();
            } else if (event.getState() == KeeperState.Disconnected) {
                disconnected();
            } else if (event.getState() == KeeperState.Expired) {
                expired();
            } else if (event.getState() == KeeperState.AuthFailed) {
                LOG.error("the ensemble '{}' refused {}; correct it", config.connectString(), config.credential());
            }
        }
        if (event.getState() == KeeperState.SyncConnected) {
            runWaiting();
        }
    }

    @GuardedBy("lock")
    private void connected() {
        if (connection == Connection.SUSPENDED) {
            LOG.warn("connected with '{}' again", config.connectString());
        }
        enter(Connection.STANDS);
        session = client.getSessionId();
        long now = session;
        tell(listener -> listener.connected(now));
    }

    /** The client says so after each attempt that failed. */
    @GuardedBy("lock")
    private void disconnected() {
        if (connection != Connection.STANDS) {
            return;
        }
        LOG.warn("the connection with '{}' is lost; its servers are tried in turn", config.connectString());
        enter(Connection.SUSPENDED);
        long silent = session;
        tell(listener -> listener.suspended(silent));
        int source = generation;
        presumption = news.schedule(() -> presume(source, silent), client.getSessionTimeout(), TimeUnit.MILLISECONDS);
    }

    private void presume(int source, long silent) {
        synchronized (lock) {
            if (closed || source != generation || silent != session || connection != Connection.SUSPENDED) {
                return;
            }
            tell(listener -> listener.lost(silent, Loss.PRESUMED));
        }
    }

    @GuardedBy("lock")
    private void expired() {
        LOG.warn("the session with '{}' has expired; opening another", config.connectString());
        long over = session;
        enter(Connection.NONE_YET);
        openNext();
        tell(listener -> listener.lost(over, Loss.CONFIRMED));
    }

    @GuardedBy("lock")
    private void enter(Connection next) {
        connection = next;
        if (presumption != null) {
            presumption.cancel(false);
            presumption = null;
        }
        lock.notifyAll();
    }

    @GuardedBy("lock")
    private void openNext() {
        try {
            client = make(generation + 1);
            generation++;
        } catch (IOException e) {
            LOG.error(
                    "no new session with '{}' can be opened; trying again in {}",
                    config.connectString(),
                    REOPEN_PAUSE,
                    e);
            int failed = generation;
            ScheduledFuture<?> unused =
                    news.schedule(() -> openAgain(failed), REOPEN_PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void openAgain(int failed) {
        synchronized (lock) {
            if (!closed && generation == failed) {
                openNext();
            }
        }
    }

    private void tell(Consumer<SessionListener> what) {
        List<SessionListener> told = List.copyOf(listeners); // not those who come between this and the telling
        news.execute(() -> told.forEach(listener -> {
            try {
                what.accept(listener);
            } catch (RuntimeException bug) {
                LOG.error("a listener of the session with '{}' failed", config.connectString(), bug);
            }
        }));
    }

    // ---- ends

    /**
     * Opens another session in place of this one, whose server is silent, and ends that one behind. Requests under way
     * on it may still be carried out.
     */
    void leave(long silent) {
        ZooKeeper left;
        synchronized (lock) {
            left = client;
            if (closed || left.getSessionId() != silent) {
                return;
            }
            LOG.warn("a server of '{}' takes requests and does not answer; connecting anew", config.connectString());
            enter(Connection.NONE_YET);
            openNext();
            tell(listener -> listener.lost(silent, Loss.CONFIRMED));
        }
        Thread farewell = new Thread(() -> end(left), "assent-store-farewell");
        farewell.setDaemon(true);
        farewell.start();
    }

    private static void end(ZooKeeper client) {
        try {
            client.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the session: its ephemerals go at once. */
    void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        news.shutdownNow();
        end(client);
        security.ifPresent(Security::close);
        runWaiting();
    }
}
