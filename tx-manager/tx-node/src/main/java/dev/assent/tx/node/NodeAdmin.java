package dev.assent.tx.node;

import dev.assent.admin.Act;
import dev.assent.admin.Action;
import dev.assent.admin.AdminServer;
import dev.assent.admin.AdminSource;
import dev.assent.admin.InDoubtBoard;
import dev.assent.admin.PreparedReader;
import dev.assent.admin.view.Audit;
import dev.assent.admin.view.AuditEntry;
import dev.assent.admin.view.Coordinator;
import dev.assent.admin.view.DecisionSeen;
import dev.assent.admin.view.InDoubt;
import dev.assent.admin.view.Members;
import dev.assent.admin.view.NodeStatus;
import dev.assent.admin.view.Prepared;
import dev.assent.admin.view.SagaHistory;
import dev.assent.admin.view.Sagas;
import dev.assent.admin.view.ServerStatus;
import dev.assent.admin.view.Sessions;
import dev.assent.admin.view.Shard;
import dev.assent.admin.view.Shards;
import dev.assent.admin.view.StoreServer;
import dev.assent.admin.view.Znode;
import dev.assent.coordination.server.admin.ServerAdmin;
import dev.assent.event.Subscription;
import dev.assent.flight.FlightExport;
import dev.assent.flight.FlightRecorder;
import dev.assent.metrics.Metric;
import dev.assent.metrics.ProcessMetrics;
import dev.assent.store.OpenedWhenNeeded;
import dev.assent.store.StoreConfig;
import dev.assent.store.audit.AuditLog;
import dev.assent.time.Clock;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.model.TransactionToken;
import dev.assent.tx.shards.ShardBoard;
import dev.assent.tx.store.CoordinatorZnodes;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One coordinator node, shown. Thread-safe. */
final class NodeAdmin implements AdminSource {
    /** So long a store that did not answer is not asked again: what is prepared may be a lot. */
    private static final long AWAY_MILLIS = 5_000;
    /** So long a reading of members and shards is answered again. */
    private static final long BOARD_MILLIS = 500;

    private final CoordinatorNode node;
    private final NodeConfig config;
    private final Optional<ServerAdmin> server;
    private final InDoubtBoard board;
    private final FlightRecorder recorder;
    private final Subscription subscription;
    private final OpenedWhenNeeded<CoordinatorZnodes> store;
    private final DecisionLook decisions;
    private final ShownSagas sagas;
    private final Map<Act, Action> actions;
    private final ReadyQuestion ready;
    private volatile @Nullable ReadBoard lastRead;
    private volatile long awaySinceMillis = Clock.SYSTEM.monotonicMillis() - AWAY_MILLIS;

    private record ReadBoard(ShardBoard board, long atMillis) {}

    private NodeAdmin(
            CoordinatorNode node, NodeConfig config, List<PreparedReader.Database> databases, FlightRecorder recorder) {
        this.recorder = recorder;
        this.node = node;
        this.config = config;
        this.server = node.embedded();
        this.ready = new ReadyQuestion(
                () -> node.whyNoDecision(Duration.ofMillis(ReadyQuestion.ASKING_MILLIS_MAX)), Clock.SYSTEM);
        this.board = new InDoubtBoard(databases, this::decided, Clock.SYSTEM);
        this.subscription = board.listenTo(node.events().get(0));
        this.store = new OpenedWhenNeeded<>(
                () -> CoordinatorZnodes.openExisting(OpenedWhenNeeded.patient(reached(node, config)), Clock.SYSTEM),
                CoordinatorZnodes::close,
                Clock.SYSTEM);
        this.sagas = new ShownSagas(store, Clock.SYSTEM);
        this.decisions = new DecisionLook(store, Clock.SYSTEM);
        this.actions = new NodeActs(store, databases, draining(), config.name(), Clock.SYSTEM).all();
    }

    private static StoreConfig reached(CoordinatorNode node, NodeConfig config) {
        return config.engine(CoordinatorNode.store(config, node.embeddedServer()))
                .store();
    }

    private NodeActs.Draining draining() {
        return new NodeActs.Draining() {
            @Override
            public boolean drain() throws InterruptedException {
                return node.drain(patience());
            }

            @Override
            public Duration patience() {
                return config.membership().drainPatience();
            }
        };
    }

    /**
     * Shows the node as its settings say; empty if they say that it is not shown.
     *
     * @param recorder of the node's coordinator
     * @throws IOException the address cannot be listened on
     */
    static Optional<AdminServer> show(
            CoordinatorNode node, NodeConfig config, NodeAdminConfig admin, FlightRecorder recorder)
            throws IOException {
        if (admin.listen().isEmpty()) {
            return Optional.empty();
        }
        ProcessMetrics metrics = new ProcessMetrics();
        metrics.gauge(Metric.TX_ACTIVE, node::underWay);
        metrics.gauge(Metric.SHARDS_LED, () -> node.led().size());
        node.embeddedServer().ifPresent(embedded -> ServerAdmin.measure(embedded, metrics));
        NodeAdmin source = new NodeAdmin(node, config, admin.databases(), recorder);
        source.board.measure(metrics);
        return Optional.of(AdminServer.start(admin.listen().get(), source, node.events(), metrics));
    }

    @Override
    public String kind() {
        return "node";
    }

    @Override
    public String name() {
        return config.name();
    }

    @Override
    public Optional<String> ailment() {
        return server.flatMap(ServerAdmin::ailment);
    }

    @Override
    public Optional<String> obstacle() {
        return ready.obstacle();
    }

    @Override
    public Optional<NodeStatus> node() {
        return Optional.of(new NodeStatus(
                node.cluster().toString(),
                config.listen().getAddress().getHostAddress() + ":" + node.port(),
                node.led().stream().map(epoch -> epoch.key().shard()).toList(),
                node.underWay(),
                node.resources()));
    }

    @Override
    public Optional<ServerStatus> server() {
        return server.flatMap(ServerAdmin::server);
    }

    /** What was read a moment ago will do: pages and looks ask for members and shards one after the other. */
    private ShardBoard board() throws IOException {
        long now = Clock.SYSTEM.monotonicMillis();
        ReadBoard last = lastRead;
        if (last != null && now - last.atMillis() < BOARD_MILLIS) {
            return last.board();
        }
        ShardBoard read = node.board();
        lastRead = new ReadBoard(read, now);
        return read;
    }

    @Override
    public Members members() throws IOException {
        ShardBoard seen = board();
        List<Coordinator> coordinators = new ArrayList<>();
        seen.members()
                .forEach((id, member) -> coordinators.add(new Coordinator(
                        id,
                        member.name(),
                        member.address(),
                        member.weight(),
                        member.leaving(),
                        id.equals(node.id()),
                        seen.shards().entrySet().stream()
                                .filter(shard -> shard.getValue().holder().equals(id))
                                .map(Map.Entry::getKey)
                                .toList())));
        List<StoreServer> servers =
                server.map(embedded -> embedded.members().servers()).orElse(List.of());
        return new Members(coordinators, servers);
    }

    @Override
    public Shards shards() throws IOException {
        ShardBoard seen = board();
        List<Shard> shards = new ArrayList<>();
        seen.shards().forEach((shard, holding) -> {
            Optional<ShardBoard.Member> holder =
                    Optional.ofNullable(seen.members().get(holding.holder()));
            shards.add(new Shard(
                    shard,
                    holding.version(),
                    holder.map(there -> holding.holder()),
                    holder.map(ShardBoard.Member::name)));
        });
        return new Shards(shards.size(), shards);
    }

    @Override
    public InDoubt inDoubt() {
        return board.read();
    }

    @Override
    public Sessions sessions() {
        return server.map(ServerAdmin::sessions).orElseGet(() -> new Sessions(0, List.of()));
    }

    @Override
    public Audit audit(int limit) throws IOException {
        List<AuditEntry> entries = new ArrayList<>();
        for (AuditLog.Entry entry : store.get().audit().latest(limit)) {
            entries.add(
                    0,
                    new AuditEntry(
                            Instant.ofEpochMilli(entry.epochMillis()),
                            entry.operator(),
                            entry.action(),
                            entry.subject(),
                            entry.reason(),
                            entry.result()));
        }
        return new Audit(entries);
    }

    @Override
    public Optional<Znode> znode(String path, Optional<String> after, int limit) throws IOException {
        return ShownZnode.read(store.get().session(), server, path, after, limit);
    }

    @Override
    public Sagas sagas(Optional<String> status, Optional<String> after, int limit) throws IOException {
        return sagas.list(status, after, limit);
    }

    @Override
    public Optional<SagaHistory> saga(String id) throws IOException {
        return sagas.one(id);
    }

    @Override
    public Map<Act, Action> actions() {
        return actions;
    }

    private Prepared.State decided(String transaction) {
        if (Clock.SYSTEM.monotonicMillis() - awaySinceMillis < AWAY_MILLIS) {
            return Prepared.State.UNREADABLE;
        }
        try {
            return node.record(GlobalTxId.fromHex(transaction)).accept(new Decided());
        } catch (IllegalArgumentException unknown) {
            return Prepared.State.UNREADABLE;
        } catch (IOException away) {
            awaySinceMillis = Clock.SYSTEM.monotonicMillis();
            return Prepared.State.UNREADABLE;
        }
    }

    private static final class Decided implements RecordRead.Handler<Prepared.State> {
        @Override
        public Prepared.State absent(RecordRead.Absent read) {
            return Prepared.State.UNDECIDED;
        }

        @Override
        public Prepared.State found(RecordRead.Found read) {
            DecisionRecord record = read.record();
            return switch (record.decision()) {
                case COMMIT -> Prepared.State.COMMIT;
                case ABORT -> Prepared.State.ABORT;
            };
        }

        @Override
        public Prepared.State unreadable(RecordRead.Unreadable read) {
            return Prepared.State.UNREADABLE;
        }
    }

    @Override
    public Optional<DecisionSeen> decision(String transaction) {
        return decisions.of(transaction);
    }

    @Override
    public String transactionNamed(String id) {
        if (id.startsWith("at1-")) {
            return TransactionToken.parse(id).toHex();
        }
        if (!id.matches("[0-9a-fA-F]+")) {
            return PreparedReader.transactionOf(id)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "it is no gtrid in hexadecimal, no token (at1-...) and no gid of Assent's"));
        }
        return GlobalTxId.fromHex(id).toHex();
    }

    @Override
    public Optional<String> export(String transaction) throws IOException {
        return recorder.export(transaction).map(FlightExport::text);
    }

    @Override
    public Named named(String transaction) {
        try {
            GlobalTxId id = GlobalTxId.fromHex(transaction);
            return new Named(
                    Optional.of(TransactionToken.format(id)),
                    Optional.of(id.key().authority().name()),
                    id.key().authority().isOfAnIncarnation()
                            ? Optional.empty()
                            : Optional.of(id.key().shard()));
        } catch (IllegalArgumentException foreign) {
            return Named.UNKNOWN;
        }
    }

    @Override
    public void close() {
        subscription.close();
        board.close();
        store.close();
    }
}
