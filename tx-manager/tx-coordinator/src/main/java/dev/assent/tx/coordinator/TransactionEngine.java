package dev.assent.tx.coordinator;

import dev.assent.event.EventSource;
import dev.assent.event.EventStream;
import dev.assent.time.Clock;
import dev.assent.tx.admin.TransactionMetrics;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.api.ServiceStatus;
import dev.assent.tx.api.StagedTransaction;
import dev.assent.tx.api.TransactionService;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.model.ResourceIdentity;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.shards.ShardBoard;
import dev.assent.tx.spi.Acceptors;
import dev.assent.tx.spi.CoordinatorStore;
import dev.assent.tx.spi.HeuristicLedger;
import dev.assent.tx.spi.ResourceCatalog;
import dev.assent.tx.spi.ResourceManager;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A coordinator over a given store: puts transactions, their protocols, recovery and the epochs that it holds
 * together, and takes them down in order. Thread-safe.
 *
 * <p>It does not know where its participants live. Embedded in a service they are in this JVM; on a coordinator node
 * they stand for agents on the network.
 */
public final class TransactionEngine implements TransactionService {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionEngine.class);
    private static final long SWEEP_MILLIS = 100;
    private static final long FLUSH_MILLIS = 500;

    private static final int REMEMBERED_WHOLE_MAX = 4_096;
    /** Each of the two kinds takes 8 MiB at most. */
    private static final int REMEMBERED_PLAIN_MAX = 1 << 17;

    /** How long a registration waits to learn whether the name stands for another resource. */
    private static final Duration REGISTRATION_PATIENCE = Duration.ofSeconds(2);

    /** For the transactions under way, at close; a process is to end in 5 s whatever the store does. */
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(1);

    /** For telling the store that this coordinator has ended, which others find out without it. */
    private static final Duration RESIGN_PATIENCE = Duration.ofMillis(700);

    private final CoordinatorStore store;
    private final Clock clock;
    private final Workers workers;
    private final TransactionMetrics metrics = new TransactionMetrics();
    private final EventStream events;
    private final ActiveTransactions active;
    private final RecoveryWorker recovery;
    private final HeldEpochs epochs;
    private final Transactions transactions;
    private final Outcomes outcomes;
    private final ReleasedRows released;
    private final Readiness readiness;
    private volatile Predicate<EpochRef> unheard = epoch -> false;
    private volatile boolean closed;

    /** How a coordinator comes by its epochs. */
    public interface EpochSource {
        HeldEpochs take(Context surroundings) throws IOException;

        /** One incarnation at a time, a new one when it is lost: for a service that coordinates its own branches. */
        static EpochSource incarnations() {
            return around -> new IncarnationEpoch(
                    around.store().epochs(),
                    around.workers(),
                    around.store().epochs().allot());
        }

        /**
         * The shards that this node is elected for.
         *
         * @param listener called after each change
         */
        static EpochSource shards(ShardCandidate candidate, Runnable listener) {
            return around -> {
                ShardNews news = new ShardNews(around.events(), candidate.name(), listener);
                ElectedShards elected = new ElectedShards(around, candidate, news);
                news.of(elected::all);
                return elected;
            };
        }

        /**
         * What the source of epochs needs around it.
         *
         * @param recover asks for a recovery pass soon
         * @param busy whether transactions are under way here under that epoch
         */
        record Context(
                CoordinatorStore store,
                Workers workers,
                Clock clock,
                EventStream events,
                Runnable recover,
                Predicate<EpochRef> busy) {}
    }

    private TransactionEngine(
            CoordinatorStore store, CoordinatorSettings settings, Clock clock, EpochSource source, Acceptors acceptors)
            throws IOException {
        this.store = store;
        this.clock = clock;
        events = new EventStream(clock);
        workers = new Workers("assent", settings.limits());
        OutcomeMemory remembered = new OutcomeMemory(REMEMBERED_WHOLE_MAX, REMEMBERED_PLAIN_MAX);
        active = new ActiveTransactions(settings.limits().activeMax(), workers, remembered, metrics);
        RegisteredResources registered = new RegisteredResources();
        PointTables points = new PointTables(clock, registered::verified);
        released = new ReleasedRows(points);
        recovery = new RecoveryWorker(new RecoveryWorker.Context(
                store,
                workers,
                clock,
                settings.recovery(),
                metrics,
                events,
                active::contains,
                remembered::rolledBack,
                registered,
                points,
                acceptors));
        epochs = take(source, new EpochSource.Context(store, workers, clock, events, recovery::trigger, this::isBusy));
        Protocols protocols = new Protocols(
                store.decisions(),
                epochs::over,
                settings.retries(),
                new BranchContext(recovery, store, active, clock),
                new CommitPointEffects.Points(points, released, store.epochs(), epochs::over),
                acceptors);
        transactions = new Transactions(
                new Transactions.Foundations(
                        store.cluster(),
                        store.name(),
                        settings,
                        epochs,
                        recovery,
                        registered,
                        protocols,
                        clock,
                        events),
                active);
        outcomes = new Outcomes(
                store,
                active,
                remembered,
                points,
                epochs::haveReplaced,
                new AcceptedOutcomes(store.decisions(), acceptors, clock));
        readiness = new Readiness(store, epochs, clock);
    }

    /** What others may still bring is asked first: when they bring nothing more, all of it is under way. */
    private boolean isBusy(EpochRef epoch) {
        return unheard.test(epoch) || active.isBusy(epoch);
    }

    /** A shard that is closing is not handed over while {@code more} says that somebody may begin under its epoch. */
    public void holdOpenWhile(Predicate<EpochRef> more) {
        unheard = more;
    }

    /** Without an epoch there is no engine that could be closed. */
    private HeldEpochs take(EpochSource source, EpochSource.Context around) throws IOException {
        try {
            return source.take(around);
        } catch (IOException | RuntimeException failed) {
            workers.close();
            throw failed;
        }
    }

    /**
     * Takes epochs and begins to work. The engine owns the store from then on, and closes it.
     *
     * @throws IOException the store cannot be used; it is the caller's to close
     */
    public static TransactionEngine start(
            CoordinatorStore store, CoordinatorSettings settings, Clock clock, EpochSource source) throws IOException {
        return start(store, settings, clock, source, Acceptors.none());
    }

    /**
     * The same with a way to acceptors, for transactions that they decide.
     *
     * @throws IOException the store cannot be used; it is the caller's to close
     */
    public static TransactionEngine start(
            CoordinatorStore store, CoordinatorSettings settings, Clock clock, EpochSource source, Acceptors acceptors)
            throws IOException {
        TransactionEngine engine = new TransactionEngine(store, settings, clock, source, acceptors);
        engine.beginBackgroundWork();
        return engine;
    }

    private void beginBackgroundWork() {
        store.onSessionLost(epochs::sessionLost);
        store.epochs().onLifeChange(recovery::trigger);
        store.leadership().onChange(recovery::trigger);
        recovery.onPass(this::watch);
        recovery.start();
        workers.every(SWEEP_MILLIS, () -> active.expireDue(clock.epochMillis()));
        workers.every(FLUSH_MILLIS, store.decisions()::flush);
        workers.every(FLUSH_MILLIS, () -> released.flush(clock.epochMillis()));
    }

    /** Who dies leaves work; who gives a role up leaves it to whoever can. */
    private void watch() {
        store.epochs().watchLife();
        store.leadership().watch();
    }

    @Override
    public EventSource events() {
        return events;
    }

    @Override
    public void register(ResourceManager resource) {
        Optional<String> refusal = recovery.add(resource, REGISTRATION_PATIENCE);
        if (refusal.isPresent()) {
            throw new TransactionServiceException(refusal.get(), false);
        }
        events.lane(resource.name(), resource.lane());
    }

    /** The same without waiting for the store or the resource; the same one again changes nothing. */
    public void registerSoon(ResourceManager resource) {
        recovery.addSoon(resource);
    }

    @Override
    public void deregister(String resourceManager) {
        events.lane(resourceManager, Optional.empty());
        recovery.remove(new ResourceName(resourceManager));
    }

    /** Claims a name for a resource that somebody else reaches. Waits for the store. */
    public ResourceCatalog.Claim claim(ResourceName name, Optional<ResourceIdentity> identity) throws IOException {
        return store.resources().claim(name, identity);
    }

    @Override
    public StagedTransaction begin(Duration timeout) {
        return transactions.begin(timeout);
    }

    /** Begins one that somebody has named under an epoch held here; the caller sees to it that no name is used twice. */
    public StagedTransaction begin(GlobalTxId name) {
        return transactions.begin(name);
    }

    @Override
    public GlobalTransaction join(String token) {
        GlobalTxId unused = outcomes.parse(token); // a damaged one is told as such
        throw new TransactionServiceException(
                "this process coordinates its own transactions (embedded mode) and cannot join one begun elsewhere;"
                        + " connect both processes to coordinator nodes (remote mode)",
                false);
    }

    @Override
    public Outcome outcome(String token) {
        return outcomes.of(token);
    }

    /**
     * The same for services, which may know more, and end what they hold prepared by what they are told.
     *
     * @param notReadOnly whether it is known that the transaction was not committed with nothing but read-only
     *     branches, of which there would be no record
     */
    public Outcome outcomeToObey(String token, boolean notReadOnly) {
        return outcomes.toObey(token, notReadOnly);
    }

    /** What the acceptors of a three-phase transaction chose, whatever branches did by themselves. Asks the store and them. */
    public Outcome accepted(GlobalTxId transaction) {
        return outcomes.accepted(transaction);
    }

    /** Records a COMMIT that acceptors chose, as somebody learned it from them; fails when that is not durable yet. */
    public CompletionStage<Void> learned(GlobalTxId transaction) {
        return store.decisions().record(transaction, List.of());
    }

    public ClusterId cluster() {
        return store.cluster();
    }

    /** Transactions under way here. */
    public int underWay() {
        return active.size();
    }

    /** Names of the resources that this process reaches, in order. */
    public List<String> resources() {
        return recovery.resources();
    }

    /** The nodes and the shards of the cluster. Asks the store. */
    public ShardBoard board() throws IOException {
        return store.shards().read();
    }

    /** What the store holds of a transaction's decision. Asks the store. */
    public RecordRead record(GlobalTxId transaction) throws IOException {
        return store.decisions().read(transaction);
    }

    /** The epochs that new transactions begin under at the moment. */
    public List<EpochRef> epochs() {
        return epochs.all();
    }

    public TransactionMetrics.Snapshot metrics() {
        return metrics.snapshot(store.setAside());
    }

    /** Outcomes that resources chose by themselves, until an operator forgets them. */
    public HeuristicLedger heuristics() {
        return store.heuristics();
    }

    @Override
    public ServiceStatus status(Duration patience) {
        return readiness.status(patience);
    }

    /** Why no decision could be written now. The stage never fails, and completes within {@code patience}. */
    public CompletionStage<Optional<String>> whyNoDecision(Duration patience) {
        return readiness.whyNoDecision(patience);
    }

    /** Whether transactions may begin under that epoch now. */
    public boolean isOpen(EpochRef epoch) {
        return epochs.isOpen(epoch);
    }

    /** Begins nothing any more, and hands over to others what it can. */
    public void leave() {
        epochs.leave();
    }

    /**
     * Begins nothing any more, and hands over to others what it leads, each shard once its transactions have ended.
     *
     * @return whether all have ended within {@code patience}; what has not is rolled back by {@link #close}
     */
    public boolean drain(Duration patience) throws InterruptedException {
        epochs.leave();
        return epochs.awaitLeft(patience);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        transactions.close();
        readiness.close();
        recovery.close();
        active.rollBackAll("the transaction service was closed", CLOSE_PATIENCE);
        withoutWaitingLong(() -> {
            store.decisions().flush();
            resign();
        });
        store.close();
        workers.close();
    }

    /** On a thread of its own: a store that does not answer must not keep the process from ending. */
    private void withoutWaitingLong(Runnable resignation) {
        Thread thread = WorkerPool.daemon(resignation, "assent-resign");
        thread.start();
        try {
            thread.join(RESIGN_PATIENCE.toMillis());
            if (thread.isAlive()) {
                LOG.warn(
                        "the store '{}' did not hear within {} ms that this coordinator ends; others will find out when"
                                + " its session is over, and end what it left",
                        store.name(),
                        RESIGN_PATIENCE.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void resign() {
        try {
            epochs.resign(active.isEmpty());
        } catch (IOException e) {
            LOG.info("the epoch is left for recovery to end: {}", e.getMessage());
        }
    }
}
