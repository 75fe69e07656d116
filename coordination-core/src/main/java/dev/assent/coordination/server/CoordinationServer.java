package dev.assent.coordination.server;

import dev.assent.coordination.disk.DataDirectory;
import dev.assent.coordination.net.peer.NettyPeerTransport;
import dev.assent.coordination.replica.Replica;
import dev.assent.coordination.replica.ReplicaContext;
import dev.assent.coordination.replica.ReplicaMetrics;
import dev.assent.coordination.replica.StateMachine;
import dev.assent.coordination.server.config.ServerConfig;
import dev.assent.coordination.server.edge.Counts;
import dev.assent.coordination.zab.LearnerStanding;
import dev.assent.event.EventSource;
import dev.assent.event.EventStream;
import dev.assent.event.MemberEvent;
import dev.assent.time.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running server of the znode store: a member of an ensemble, or standalone. Any number of them may run in one JVM.
 * Thread-safe.
 */
public final class CoordinationServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CoordinationServer.class);

    private final ServerCore core;
    private final Replica replica;
    private final DataDirectory directory;
    private final ServerTls tls;
    private final Ending ending;
    private final EventStream events;
    private final AtomicBoolean closed = new AtomicBoolean();

    private CoordinationServer(
            ServerCore core,
            Replica replica,
            DataDirectory directory,
            ServerTls tls,
            Ending ending,
            EventStream events) {
        this.tls = tls;
        this.core = core;
        this.replica = replica;
        this.directory = directory;
        this.ending = ending;
        this.events = events;
    }

    /** As {@link #start(ServerConfig, Consumer)}, for who does not want to be told. */
    public static CoordinationServer start(ServerConfig config) throws IOException {
        return start(config, status -> {});
    }

    /**
     * Recovers what is on disk, takes the ports and joins the ensemble. Returns before there is a leader: clients are
     * accepted already, and wait for a little while.
     *
     * @param onStatus told of each change of role, on a thread that must not be held up; {@link #status} says the same
     * @throws IOException if the disk or a port cannot be used; the message names which, and the remedy. Nothing is
     *     left running
     */
    public static CoordinationServer start(ServerConfig config, Consumer<ServerStatus> onStatus) throws IOException {
        Clock clock = Clock.SYSTEM;
        ServerTls tls = ServerTls.of(config);
        Ending ending = new Ending();
        EventStream events = new EventStream(clock);
        Consumer<Throwable> onFatal = failed(config, ending, events);
        AtomicReference<@Nullable ServerCore> made = new AtomicReference<>();
        DataDirectory directory = directory(config, tls);
        try {
            ReplicaContext surroundings = new ReplicaContext(
                    clock,
                    new NettyPeerTransport(Ensemble.network(config), tls.links()),
                    new ToldLog(directory.log(), events, clock, config.self().value()),
                    directory.snapshots(),
                    directory.epochs());
            Replica replica = Replica.start(
                    Ensemble.replica(config, onFatal),
                    surroundings,
                    loop -> listening(
                            new ServerCore(config, tls.clients(), loop, clock, onStatus, onFatal, events), made));
            ServerCore core = made.get();
            if (core == null) {
                throw new IOException("the replica started without its application");
            }
            core.countingSyncs(() -> replica.metrics().syncs());
            core.watchingLoop(replica::silentMillis);
            ending.cleaningUp(() -> {
                core.close();
                replica.close();
                tls.close();
            });
            return new CoordinationServer(core, replica, directory, tls, ending, events);
        } catch (IOException | RuntimeException e) {
            ServerCore core = made.get();
            if (core != null) {
                core.close();
            }
            directory.close();
            tls.close();
            ending.closed();
            throw portProblem(e).orElseGet(() -> asIo(e));
        }
    }

    /** Whoever waits for the end hears of it first. */
    private static Consumer<Throwable> failed(ServerConfig config, Ending ending, EventStream events) {
        return cause -> {
            ending.failed(cause);
            if (events.isHeard()) {
                events.tell(new MemberEvent.Stopped(config.self().value(), String.valueOf(cause.getMessage())));
            }
        };
    }

    private static DataDirectory directory(ServerConfig config, ServerTls tls) throws IOException {
        try {
            return DataDirectory.open(
                    config.storage().dataDirectory(), config.storage().logDirectory(), config.self());
        } catch (IOException e) {
            tls.close();
            throw e;
        }
    }

    private static StateMachine listening(ServerCore core, AtomicReference<@Nullable ServerCore> made) {
        made.set(core);
        try {
            core.listen();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return core.stateMachine();
    }

    private static Optional<IOException> portProblem(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UncheckedIOException unchecked) {
                return Optional.ofNullable(unchecked.getCause());
            }
        }
        return Optional.empty();
    }

    private static IOException asIo(Exception failure) {
        return failure instanceof IOException io ? io : new IOException(String.valueOf(failure.getMessage()), failure);
    }

    /** The port that clients connect to: the chosen one if the configuration leaves it open. */
    public int clientPort() {
        return core.clientPort();
    }

    /** The port that clients connect to over TLS, if that is served. */
    public OptionalInt secureClientPort() {
        return core.secureClientPort();
    }

    /** Address and port for a client on this machine. */
    public String connectString() {
        return core.connectString();
    }

    /** The same over TLS, if that is served. */
    public Optional<String> secureConnectString() {
        return core.secureConnectString();
    }

    /** As it was started. */
    public ServerConfig config() {
        return core.config();
    }

    /** What happens at this server. */
    public EventSource events() {
        return events;
    }

    /** Who follows this server, as it stood a tick ago at most; nobody if it does not lead. */
    public List<LearnerStanding> learners() {
        return replica.learners();
    }

    /** What it has done so far, and holds now. */
    public ServerCounts counts() {
        ReplicaMetrics replicas = replica.metrics();
        Counts.Summary requests = core.traffic().all();
        return new ServerCounts(
                core.clients(),
                requests.requests(),
                core.traffic().outstanding(),
                requests.latencyMillis(),
                replicas.proposed(),
                replicas.delivered(),
                replicas.snapshots(),
                replicas.queuedTasks(),
                replicas.log().unwrittenBytes());
    }

    /** The open sessions of the store, those with the most ephemeral znodes first, so many at most. */
    public List<OpenSession> sessions(int max) {
        return core.sessions(max);
    }

    /** Who watches that path at this server, so many sessions of them at most. */
    public PathWatchers watchersOf(String path, int max) {
        return core.watchersOf(path, max);
    }

    /** Whether its loop goes round: what does not for seconds is as good as dead. */
    public boolean isGoingRound() {
        return core.isGoingRound();
    }

    /** What this server is at the moment. */
    public ServerStatus status() {
        return core.status();
    }

    /**
     * Waits until the server has stopped: empty if it was closed, else what it failed of. It acknowledges nothing any
     * more then, but after a failure its parts may still be ending; {@link #close} waits for that.
     */
    public Optional<Throwable> awaitStopped() throws InterruptedException {
        return ending.await();
    }

    /**
     * Stops serving, leaves the ensemble and makes everything acknowledged durable. The clients go first, so that they
     * find another server whatever the disk does. Returns when all threads have ended, or after a bounded time if the
     * disk does not answer; the directories stay locked then, also against a new server in this process, until it does or
     * the process ends. Closing twice is closing once.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        core.closeConnections();
        // It posts to the connections' event loops, which must outlive it.
        replica.close();
        core.close();
        tls.close();
        replica.ended().thenRun(this::closeDirectory);
        ending.closed();
    }

    private void closeDirectory() {
        try {
            directory.close();
        } catch (IOException e) {
            LOG.warn("the data directory was not closed cleanly", e);
        }
    }
}
