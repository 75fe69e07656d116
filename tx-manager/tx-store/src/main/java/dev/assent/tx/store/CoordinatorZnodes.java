package dev.assent.tx.store;

import dev.assent.store.NodeDetail;
import dev.assent.store.SetAside;
import dev.assent.store.StoreCode;
import dev.assent.store.StoreConfig;
import dev.assent.store.StoreException;
import dev.assent.store.StoreSession;
import dev.assent.store.audit.AuditLog;
import dev.assent.store.audit.ZnodeAuditLog;
import dev.assent.time.Clock;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.shards.ShardBoard;
import dev.assent.tx.spi.AbsenceBoard;
import dev.assent.tx.spi.CoordinatorStore;
import dev.assent.tx.spi.DecisionArchive;
import dev.assent.tx.spi.DecisionLog;
import dev.assent.tx.spi.EpochRegistry;
import dev.assent.tx.spi.HeuristicLedger;
import dev.assent.tx.spi.Leadership;
import dev.assent.tx.spi.ResourceCatalog;
import dev.assent.tx.spi.ShardTable;
import java.io.IOException;

/** The store of one coordinator, on znodes, all under one session. Thread-safe. */
public final class CoordinatorZnodes implements CoordinatorStore {
    private final String name;
    private final StoreSession session;
    private final ClusterId cluster;
    private final SetAside aside = new SetAside();
    private final DecisionLog decisions;
    private final DecisionArchive archive;
    private final AbsenceBoard board;
    private final EpochRegistry epochs;
    private final HeuristicLedger heuristics;
    private final Leadership leadership;
    private final ResourceCatalog resources;
    private final ZnodeShardTable shards;
    private final AuditLog audit;

    private CoordinatorZnodes(String name, StoreSession session, ClusterId cluster, Clock clock) {
        this.name = name;
        this.session = session;
        this.cluster = cluster;
        decisions = new ZnodeDecisionLog(session, clock, aside);
        archive = new ZnodeArchive(session, aside);
        board = new ZnodeAbsenceBoard(session, aside);
        epochs = new ZnodeEpochs(session, aside);
        heuristics = new ZnodeHeuristicLedger(session, aside);
        leadership = new ZnodeLeadership(session, aside);
        resources = new ZnodeCatalog(session, aside);
        shards = new ZnodeShardTable(session, aside);
        audit = new ZnodeAuditLog(session, aside);
    }

    /**
     * Connects, and lays the folders out if nobody has.
     *
     * @throws IOException the store cannot be reached in the configured time, or not be used; the message names it
     */
    public static CoordinatorZnodes open(StoreConfig config, Clock clock) throws IOException {
        return open(config, clock, ZnodeStore::prepare);
    }

    /**
     * Connects with a store that somebody has used, and lays nothing out.
     *
     * @throws IOException the store cannot be reached in the configured time, not be used, or holds nothing of ours
     */
    public static CoordinatorZnodes openExisting(StoreConfig config, Clock clock) throws IOException {
        return open(config, clock, ZnodeStore::cluster);
    }

    /** How the cluster's id is come by. */
    private interface Opening {
        ClusterId cluster(ZnodeStore store) throws IOException;
    }

    private static CoordinatorZnodes open(StoreConfig config, Clock clock, Opening opening) throws IOException {
        StoreSession session = StoreSession.open(config);
        try {
            ClusterId cluster = opening.cluster(new ZnodeStore(session));
            return new CoordinatorZnodes(config.connectString(), session, cluster, clock);
        } catch (IOException e) {
            session.close();
            throw new IOException(
                    "the store at '" + config.connectString() + "' could not be used: " + e.getMessage(), e);
        } catch (RuntimeException unreadable) {
            session.close();
            throw unreadable;
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ClusterId cluster() {
        return cluster;
    }

    @Override
    public DecisionLog decisions() {
        return decisions;
    }

    @Override
    public DecisionArchive archive() {
        return archive;
    }

    @Override
    public AbsenceBoard board() {
        return board;
    }

    @Override
    public EpochRegistry epochs() {
        return epochs;
    }

    @Override
    public HeuristicLedger heuristics() {
        return heuristics;
    }

    @Override
    public Leadership leadership() {
        return leadership;
    }

    @Override
    public ResourceCatalog resources() {
        return resources;
    }

    /** The session that all of it goes through, for who looks at znodes as they are. */
    public StoreSession session() {
        return session;
    }

    /** What operators did by hand. */
    public AuditLog audit() {
        return audit;
    }

    /**
     * Where a transaction's decision stands, and since when.
     *
     * @throws IOException the store cannot be asked
     */
    public DecisionSight sight(GlobalTxId transaction) throws IOException {
        Authority authority = transaction.key().authority();
        String path = StoreLayout.decision(transaction);
        try {
            NodeDetail record = session.await(session.detail(path), "looking at a decision");
            return DecisionSight.found(
                    authority, path, record.node().stat().createdZxid(), record.createdEpochMillis());
        } catch (StoreException e) {
            if (e.is(StoreCode.NONODE)) {
                return DecisionSight.none(authority);
            }
            if (e.is(StoreCode.NOAUTH)) {
                return DecisionSight.unreadable(path);
            }
            throw e;
        }
    }

    @Override
    public ShardTable shards() {
        return shards;
    }

    /** The nodes and the shards, for who only looks. */
    public ShardBoard look() throws IOException {
        return shards.look();
    }

    @Override
    public long setAside() {
        return aside.count();
    }

    @Override
    public void onSessionLost(Runnable listener) {
        session.onExpiry(listener);
    }

    @Override
    public void close() {
        session.close();
    }
}
