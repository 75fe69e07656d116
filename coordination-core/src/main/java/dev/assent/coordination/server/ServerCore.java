package dev.assent.coordination.server;

import dev.assent.coordination.jute.RequestDecoder;
import dev.assent.coordination.jute.RequestLimits;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.SessionPassword;
import dev.assent.coordination.net.client.ClientListener;
import dev.assent.coordination.net.client.Entrance;
import dev.assent.coordination.net.client.ListenerLimits;
import dev.assent.coordination.net.secure.TlsSide;
import dev.assent.coordination.replica.ReplicaLoop;
import dev.assent.coordination.replica.StateMachine;
import dev.assent.coordination.server.config.ClientAccess;
import dev.assent.coordination.server.config.ClientLimits;
import dev.assent.coordination.server.config.ServerConfig;
import dev.assent.coordination.server.edge.Edges;
import dev.assent.coordination.server.edge.Traffic;
import dev.assent.coordination.server.ordering.OrderedStore;
import dev.assent.coordination.server.ordering.OrderingConfig;
import dev.assent.coordination.server.ordering.PendingOrderLimits;
import dev.assent.coordination.server.ordering.RoleView;
import dev.assent.coordination.server.ordering.WatchedTree;
import dev.assent.coordination.server.words.FourLetterWords;
import dev.assent.coordination.tree.DataTree;
import dev.assent.coordination.tree.SessionState;
import dev.assent.event.EventStream;
import dev.assent.time.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A server without the replica that drives it: the store, its edge, and the listener. Thread-safe. */
final class ServerCore implements AutoCloseable {
    private static final int WATCHES_PER_CLIENT_MAX = 1_000_000;
    private static final int MULTI_OPS_MAX = 100_000;
    private static final int PATHS_MAX = 1_000_000;
    private static final int CONNECTIONS_LOOKED_AT = 10_000;
    private static final int REPORTS_PER_TIMEOUT = 32;
    private static final int REPORT_MILLIS_MIN = 10;

    /** Well below what a pause may add to listening time, or the marks of clients would run slow. */
    private static final int REPORT_MILLIS_MAX = 100;

    /** A replica loop that has not gone round for longer is not called alive: see the word {@code ruok}. */
    private static final long LOOP_SILENT_MILLIS_MAX = 5_000;

    private final ServerConfig config;
    private final Optional<TlsSide> clientTls;
    private final WatchedTree watched = new WatchedTree(DataTree.initial(), WATCHES_PER_CLIENT_MAX);
    private final Clock clock;
    private final long startMillis;
    private final Consumer<ServerStatus> onStatus;
    private final Consumer<Throwable> onFatal;
    private final FourLetterWords words;
    private final Edges edges;
    private final MemberNews news;
    private final OrderedStore store;
    private volatile LongSupplier logSyncs = () -> 0;
    private volatile LongSupplier loopSilentMillis = () -> 0;
    private volatile RoleView view = RoleView.NONE;
    private volatile @Nullable ClientListener listener;
    private volatile @Nullable ScheduledFuture<?> reviewing;

    /**
     * Not listening yet.
     *
     * @param clientTls of secured clients, if there are any; closed with this
     * @param onFatal told when it can serve no longer, on the thread on which that came out
     */
    ServerCore(
            ServerConfig config,
            Optional<TlsSide> clientTls,
            ReplicaLoop loop,
            Clock clock,
            Consumer<ServerStatus> onStatus,
            Consumer<Throwable> onFatal,
            EventStream events) {
        this.config = config;
        this.clientTls = clientTls;
        this.clock = clock;
        this.startMillis = clock.monotonicMillis();
        this.onStatus = onStatus;
        this.onFatal = onFatal;
        ClientAccess access = config.clients();
        RequestDecoder decoder =
                new RequestDecoder(new RequestLimits(access.limits().frameBytesMax(), MULTI_OPS_MAX, PATHS_MAX));
        this.words = new FourLetterWords(new FourLetterWords.Sources(
                config,
                condition(),
                watched,
                this::traffic,
                this::clientPort,
                this::connections,
                () -> logSyncs.getAsLong()));
        SecureRandom random = new SecureRandom();
        this.news = new MemberNews(events, clock, status());
        this.edges = new Edges(access, decoder, watched, clock, this::store, words::answer, onFatal);
        this.store = new OrderedStore(
                new OrderingConfig(
                        config.self(),
                        config.timing().tickMillis(),
                        reportMillis(access),
                        Ensemble.quorum(config),
                        clock,
                        () -> newPassword(random),
                        random.nextLong()),
                PendingOrderLimits.ofBytes(shares(access).pendingOrderBytesMax()),
                loop,
                news.watching(edges),
                watched,
                this::roleChanged);
    }

    /** The same without secured clients. */
    ServerCore(
            ServerConfig config,
            ReplicaLoop loop,
            Clock clock,
            Consumer<ServerStatus> onStatus,
            Consumer<Throwable> onFatal,
            EventStream events) {
        this(config, Optional.empty(), loop, clock, onStatus, onFatal, events);
    }

    private static MemoryShares shares(ClientAccess access) {
        return MemoryShares.of(Runtime.getRuntime().maxMemory(), access.limits().frameBytesMax());
    }

    private static SessionPassword newPassword(SecureRandom random) {
        byte[] secret = new byte[SessionPassword.SIZE];
        random.nextBytes(secret);
        return new SessionPassword(secret);
    }

    boolean isGoingRound() {
        return loopSilentMillis.getAsLong() <= LOOP_SILENT_MILLIS_MAX;
    }

    private FourLetterWords.Condition condition() {
        return new FourLetterWords.Condition() {
            @Override
            public boolean alive() {
                return isGoingRound();
            }

            @Override
            public boolean serving() {
                return status().serving();
            }

            @Override
            public String mode() {
                return status().mode();
            }

            @Override
            public long uptimeMillis() {
                return clock.monotonicMillis() - startMillis;
            }
        };
    }

    Traffic traffic() {
        return edges.traffic();
    }

    /** Those with the most ephemeral znodes first. */
    List<OpenSession> sessions(int max) {
        Map<SessionId, InetSocketAddress> clients = new HashMap<>();
        for (Traffic.Connection connection : traffic().connections(CONNECTIONS_LOOKED_AT)) {
            connection.tenant().ifPresent(tenant -> clients.put(tenant.session(), connection.remote()));
        }
        List<OpenSession> sessions = new ArrayList<>();
        for (SessionState session : watched.tree().sessions()) {
            sessions.add(new OpenSession(
                    session.id(),
                    session.timeoutMillis(),
                    session.ephemeralCount(),
                    Optional.ofNullable(clients.get(session.id()))));
        }
        sessions.sort(Comparator.comparingInt(OpenSession::ephemerals).reversed());
        return List.copyOf(sessions.subList(0, Math.min(max, sessions.size())));
    }

    PathWatchers watchersOf(String path, int max) {
        return watched.watching((tree, watches) -> new PathWatchers(
                watches.countAt(path),
                watches.someAt(path, max).stream()
                        .flatMap(client -> client.session().stream())
                        .toList()));
    }

    private OrderedStore store() {
        return store;
    }

    ServerConfig config() {
        return config;
    }

    StateMachine stateMachine() {
        return store;
    }

    /** Tells where to ask how often the log was synced. */
    void countingSyncs(LongSupplier syncs) {
        logSyncs = syncs;
    }

    /** Tells where to ask how long ago the replica's loop last went round. */
    void watchingLoop(LongSupplier silentMillis) {
        loopSilentMillis = silentMillis;
    }

    /** Takes the port; clients wait until a leader serves. */
    void listen() throws IOException {
        ClientAccess access = config.clients();
        ClientLimits limits = access.limits();
        ClientListener opened = ClientListener.listen(
                entrances(access),
                new ListenerLimits(
                        limits.frameBytesMax(),
                        limits.replyBytesPerConnectionMax(),
                        shares(access).clientBytesMax(),
                        new ListenerLimits.Connections(
                                limits.connectionsPerAddressMax(), limits.connectionsMax(), Descriptors.forClients()),
                        limits.handshake(),
                        access.fourLetterWords()),
                Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
                edges,
                onFatal);
        listener = opened;
        int millis = reportMillis(access);
        reviewing = opened.loops().scheduleAtFixedRate(this::review, millis, millis, TimeUnit.MILLISECONDS);
    }

    /** Without it no session would be reported as alive, and nobody would be told. */
    private void review() {
        try {
            edges.review();
        } catch (RuntimeException | Error e) {
            onFatal.accept(e);
        }
    }

    /** Often enough that a report or two may be late before the shortest session's pings wait. */
    private static int reportMillis(ClientAccess access) {
        return Math.max(
                REPORT_MILLIS_MIN, Math.min(REPORT_MILLIS_MAX, access.timeouts().minMillis() / REPORTS_PER_TIMEOUT));
    }

    private void roleChanged(RoleView now) {
        view = now;
        news.is(status());
        onStatus.accept(status());
    }

    ServerStatus status() {
        RoleView now = view;
        return new ServerStatus(
                config.self(),
                config.isStandalone(),
                now.role(),
                now.epoch(),
                now.leader(),
                now.serving(),
                watched.tree().zxid());
    }

    /** What of it only this part knows. */
    ServerCounts.Clients clients() {
        return new ServerCounts.Clients(
                connections(), watched.tree().sessionCount(), watched.tree().znodeCount(), watched.watchCount());
    }

    private int connections() {
        ClientListener open = listener;
        return open == null ? 0 : open.connections();
    }

    private List<Entrance> entrances(ClientAccess access) {
        List<Entrance> entrances = new ArrayList<>();
        if (access.plain()) {
            entrances.add(Entrance.plain(access.address()));
        }
        access.secure()
                .ifPresent(
                        secure -> clientTls.ifPresent(tls -> entrances.add(Entrance.secured(secure.address(), tls))));
        return entrances;
    }

    /** The port clients connect to, in plain text if that is served; legal after {@link #listen}. */
    int clientPort() {
        return listening().get(0).getPort();
    }

    /** The port clients connect to over TLS, if that is served; legal after {@link #listen}. */
    OptionalInt secureClientPort() {
        List<InetSocketAddress> addresses = listening();
        return config.clients().secure().isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(addresses.get(addresses.size() - 1).getPort());
    }

    private List<InetSocketAddress> listening() {
        ClientListener open = listener;
        if (open == null) {
            throw new IllegalStateException("not listening yet");
        }
        return open.addresses();
    }

    /** For clients on this machine, or on others if it listens on one address only. */
    String connectString() {
        return reachable(config.clients().address(), clientPort());
    }

    /** The same over TLS, if that is served. */
    Optional<String> secureConnectString() {
        return config.clients()
                .secure()
                .map(access -> reachable(access.address(), secureClientPort().orElseThrow()));
    }

    private static String reachable(InetSocketAddress listening, int port) {
        InetAddress address = listening.getAddress();
        String host = address.isAnyLocalAddress() ? "127.0.0.1" : address.getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    /** Lets the clients go, who find another server; what else there is to stop may take its time. */
    void closeConnections() {
        ClientListener open = listener;
        if (open != null) {
            open.closeConnections();
        }
    }

    @Override
    public void close() {
        ScheduledFuture<?> timer = reviewing;
        if (timer != null) {
            timer.cancel(false);
        }
        ClientListener open = listener;
        if (open != null) {
            open.close();
        }
        clientTls.ifPresent(TlsSide::close);
        words.close();
    }
}
