package dev.assent.tx.node;

import dev.assent.coordination.server.CoordinationServer;
import dev.assent.coordination.server.admin.ServerAdmin;
import dev.assent.coordination.server.config.ServerConfig;
import dev.assent.coordination.server.config.ZooCfg;
import dev.assent.event.EventSource;
import dev.assent.security.Security;
import dev.assent.settings.SettingsException;
import dev.assent.time.Clock;
import dev.assent.trace.Tracing;
import dev.assent.tx.api.StagedTransaction;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.coordinator.ShardCandidate;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.model.ResourceIdentity;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.remote.GrpcSecurity;
import dev.assent.tx.remote.host.HostLimits;
import dev.assent.tx.remote.host.HostSecurity;
import dev.assent.tx.remote.host.LedShards;
import dev.assent.tx.remote.host.NodeAcceptors;
import dev.assent.tx.remote.host.RemoteHost;
import dev.assent.tx.remote.peer.PeerLinks;
import dev.assent.tx.service.ShardTransactionService;
import dev.assent.tx.shards.ShardBoard;
import dev.assent.tx.spi.Acceptors;
import dev.assent.tx.spi.Peers;
import dev.assent.tx.spi.ResourceCatalog;
import dev.assent.tx.spi.ResourceManager;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** One coordinator node, embeddable: several fit into one JVM. Thread-safe. */
public final class CoordinatorNode implements AutoCloseable {
    private final String id;
    private final Optional<CoordinationServer> server;
    private final ShardTransactionService shards;
    private final RemoteHost host;
    private final PeerLinks peers;
    private final Optional<NodeAcceptors> acceptors;
    private final Optional<Security> security;

    private CoordinatorNode(
            String id,
            Optional<CoordinationServer> server,
            ShardTransactionService shards,
            RemoteHost host,
            PeerLinks peers,
            Optional<NodeAcceptors> acceptors,
            Optional<Security> security) {
        this.id = id;
        this.security = security;
        this.acceptors = acceptors;
        this.server = server;
        this.shards = shards;
        this.host = host;
        this.peers = peers;
    }

    /**
     * Starts the node's parts, in the order in which they need each other; returns when services can connect.
     *
     * @param progress told, in words, what start-up waits for
     * @throws SettingsException the configuration is wrong; nothing is left running
     * @throws IOException a port or the disk cannot be used, or the ensemble cannot be reached; nothing is left running
     */
    public static CoordinatorNode start(NodeConfig config, Consumer<String> progress)
            throws SettingsException, IOException {
        Optional<Security> security = security(config);
        GrpcSecurity grpc = security.map(GrpcSecurity::of).orElse(GrpcSecurity.NONE);
        if (security.isEmpty() && !config.listen().getAddress().isLoopbackAddress()) {
            progress.accept("services and nodes are served on " + config.listen()
                    + " WITHOUT encryption and certificates, as insecure says; tls.certificate, tls.key and tls.trust"
                    + " switch both on");
        }
        Optional<CoordinationServer> server = embeddedOr(security, config, progress);
        ShardTransactionService shards = null;
        String id = HexFormat.of().toHexDigits(new SecureRandom().nextLong());
        PeerLinks peers = PeerLinks.start(id, config.membership().silence(), grpc, Clock.SYSTEM);
        Optional<NodeAcceptors> acceptors = Optional.empty();
        try {
            acceptors = acceptors(config, grpc);
            StoreAddress store = store(config, server);
            progress.accept("waiting for the ensemble at " + store.connectString());
            CompletableFuture<String> address = new CompletableFuture<>();
            shards = ShardTransactionService.start(
                    config.engine(store),
                    new ShardCandidate(
                            id,
                            config.name(),
                            config.shards(),
                            config.membership().weight(),
                            address,
                            acceptors
                                    .<Peers>map(own -> new IntroducedPeers(peers, own))
                                    .orElse(peers)),
                    acceptors.<Acceptors>map(own -> own).orElseGet(Acceptors::none));
            RemoteHost host = RemoteHost.start(
                    config.listen(),
                    new Led(shards),
                    HostLimits.DEFAULT,
                    config.name(),
                    peers,
                    acceptors,
                    new HostSecurity(grpc, config.rules()));
            String reachable = config.addressFor(host.port());
            acceptors.ifPresent(own -> own.reachedAt(reachable));
            address.complete(reachable); // whoever leads can be reached
            return new CoordinatorNode(id, server, shards, host, peers, acceptors, security);
        } catch (IOException | RuntimeException failed) {
            if (shards != null) {
                shards.close();
            }
            peers.close();
            acceptors.ifPresent(NodeAcceptors::close);
            server.ifPresent(CoordinationServer::close);
            security.ifPresent(Security::close);
            throw told(failed);
        }
    }

    private static Optional<Security> security(NodeConfig config) throws SettingsException {
        return config.tls().isPresent() ? Optional.of(Security.open(config.tls().get())) : Optional.empty();
    }

    private static Optional<CoordinationServer> embeddedOr(
            Optional<Security> closed, NodeConfig config, Consumer<String> progress)
            throws SettingsException, IOException {
        try {
            return embedded(config, progress);
        } catch (SettingsException | IOException failed) {
            closed.ifPresent(Security::close);
            throw failed;
        }
    }

    private static Optional<NodeAcceptors> acceptors(NodeConfig config, GrpcSecurity security) throws IOException {
        return config.acceptor().isPresent()
                ? Optional.of(NodeAcceptors.open(config.acceptor().get(), security))
                : Optional.empty();
    }

    /** The other nodes, as the store tells of them, are acceptors too. */
    private record IntroducedPeers(PeerLinks links, NodeAcceptors acceptors) implements Peers {
        @Override
        public void attendTo(SortedMap<String, String> addresses) {
            acceptors.othersAt(addresses.values().stream()
                    .filter(address -> !address.isEmpty())
                    .toList());
            links.attendTo(addresses);
        }

        @Override
        public SortedSet<String> suspected() {
            return links.suspected();
        }

        @Override
        public void onChange(Runnable listener) {
            links.onChange(listener);
        }
    }

    /** What callers can do something about; anything else is a bug of ours and stays what it is. */
    private static IOException told(Exception failed) throws SettingsException {
        if (failed instanceof IllegalArgumentException wrong) {
            throw new SettingsException(String.valueOf(wrong.getMessage()), wrong);
        }
        if (failed instanceof TransactionServiceException refused) {
            return new IOException(refused.getMessage(), refused);
        }
        if (failed instanceof RuntimeException bug) {
            throw bug;
        }
        return (IOException) failed;
    }

    private static Optional<CoordinationServer> embedded(NodeConfig config, Consumer<String> progress)
            throws SettingsException, IOException {
        NodeConfig.Coordination coordination = config.coordination();
        if (coordination instanceof NodeConfig.Coordination.Existing) {
            return Optional.empty();
        }
        if (coordination instanceof NodeConfig.Coordination.Standalone standalone) {
            return Optional.of(CoordinationServer.start(ServerConfig.standalone(standalone.directory(), 0)));
        }
        NodeConfig.Coordination.Embedded embedded = (NodeConfig.Coordination.Embedded) coordination;
        ZooCfg read = ZooCfg.read(embedded.zooCfg(), false);
        read.warnings().forEach(progress);
        if (!read.config().clients().plain() && config.tls().isEmpty()) {
            String why = " names secureClientPort only: name tls.certificate, tls.key and tls.trust in this node's file"
                    + " too, or add clientPort";
            throw new SettingsException(embedded.zooCfg() + why);
        }
        return Optional.of(CoordinationServer.start(read.config()));
    }

    /** Where its store is. */
    static StoreAddress store(NodeConfig config, Optional<CoordinationServer> server) {
        if (config.coordination() instanceof NodeConfig.Coordination.Existing existing) {
            return new StoreAddress(existing.connectString(), existing.tls());
        }
        return StoreAddress.of(server.orElseThrow(), config.tls());
    }

    /** The port that services connect to. */
    public int port() {
        return host.port();
    }

    /** The epochs of this node, one a shard that it leads now. */
    public List<EpochRef> led() {
        return shards.led();
    }

    /** Whether transactions are begun here under that epoch. */
    public boolean isOpen(EpochRef epoch) {
        return shards.isOpen(epoch);
    }

    /** Calls {@code listener} after each change of {@link #led}. */
    public void onChange(Runnable listener) {
        shards.onChange(listener);
    }

    /** What happens to this node's transactions and shards, and at the server in its process, if there is one. */
    public List<EventSource> events() {
        return server.map(embedded -> List.of(shards.events(), embedded.events()))
                .orElseGet(() -> List.of(shards.events()));
    }

    ClusterId cluster() {
        return shards.cluster();
    }

    /** Its id among the members. */
    String id() {
        return id;
    }

    /** Transactions under way here. */
    int underWay() {
        return shards.underWay();
    }

    /** Names of the resources that agents have registered here, in order. */
    List<String> resources() {
        return shards.resources();
    }

    /** The nodes and the shards of the cluster. Asks the store. */
    ShardBoard board() throws IOException {
        return shards.board();
    }

    /** What the store holds of a transaction's decision. Asks the store. */
    RecordRead record(GlobalTxId transaction) throws IOException {
        return shards.record(transaction);
    }

    /** Why no decision could be written now; within {@code patience}. */
    CompletionStage<Optional<String>> whyNoDecision(Duration patience) {
        return shards.whyNoDecision(patience);
    }

    /** The server in this process, shown. */
    Optional<ServerAdmin> embedded() {
        return server.map(ServerAdmin::new);
    }

    /** Completes, or fails with its cause, when the embedded server has stopped; never when there is none. */
    Optional<CoordinationServer> embeddedServer() {
        return server;
    }

    /**
     * Begins no transaction any more, lets those under way end, and hands the shards over to other nodes; then
     * {@link #close} interrupts nobody.
     *
     * @return whether all were handed over within {@code patience}
     */
    public boolean drain(Duration patience) throws InterruptedException {
        return shards.drain(patience);
    }

    /** Stops: begins nothing any more, and rolls back what is still under way; the shards are others'. */
    @Override
    public void close() {
        shards.leave();
        host.close();
        shards.close();
        peers.close();
        acceptors.ifPresent(NodeAcceptors::close);
        server.ifPresent(CoordinationServer::close);
        security.ifPresent(Security::close);
    }

    /** The engine as the listener sees it. */
    private record Led(ShardTransactionService shards) implements LedShards {
        @Override
        public ClusterId cluster() {
            return shards.cluster();
        }

        @Override
        public List<EpochRef> led() {
            return shards.led();
        }

        @Override
        public boolean isOpen(EpochRef epoch) {
            return shards.isOpen(epoch);
        }

        @Override
        public Tracing tracing() {
            return shards.events().tracing();
        }

        @Override
        public StagedTransaction begin(Duration timeout) {
            return shards.begin(timeout);
        }

        @Override
        public StagedTransaction begin(GlobalTxId name) {
            return shards.begin(name);
        }

        @Override
        public Outcome outcome(String token, boolean notReadOnly) {
            return shards.outcome(token, notReadOnly);
        }

        @Override
        public Outcome accepted(GlobalTxId transaction) {
            return shards.accepted(transaction);
        }

        @Override
        public CompletionStage<Void> learned(GlobalTxId transaction) {
            return shards.learned(transaction);
        }

        @Override
        public void register(ResourceManager resource) {
            shards.register(resource);
        }

        @Override
        public CompletionStage<Optional<String>> whyNoDecision(Duration patience) {
            return shards.whyNoDecision(patience);
        }

        @Override
        public ResourceCatalog.Claim claim(ResourceName name, Optional<ResourceIdentity> identity) throws IOException {
            return shards.claim(name, identity);
        }

        @Override
        public void holdOpenWhile(Predicate<EpochRef> unheard) {
            shards.holdOpenWhile(unheard);
        }

        @Override
        public void onChange(Runnable listener) {
            shards.onChange(listener);
        }
    }
}
