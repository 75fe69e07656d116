package dev.assent.tx.coordinator;

import dev.assent.tx.admin.TransactionMetrics;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.api.StagedTransaction;
import dev.assent.tx.api.Standing;
import dev.assent.tx.api.TransactionService;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.model.ResourceIdentity;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.TransactionToken;
import dev.assent.tx.recovery.OutcomeRule;
import dev.assent.tx.spi.Clock;
import dev.assent.tx.spi.HeuristicLedger;
import dev.assent.tx.spi.Participant;
import dev.assent.tx.spi.ResourceCatalog;
import dev.assent.tx.spi.ResourceManager;
import dev.assent.tx.store.SetAside;
import dev.assent.tx.store.StoreSession;
import dev.assent.tx.store.ZnodeAbsenceBoard;
import dev.assent.tx.store.ZnodeArchive;
import dev.assent.tx.store.ZnodeCatalog;
import dev.assent.tx.store.ZnodeDecisionLog;
import dev.assent.tx.store.ZnodeEpochs;
import dev.assent.tx.store.ZnodeHeuristicLedger;
import dev.assent.tx.store.ZnodeLeadership;
import dev.assent.tx.store.ZnodeStore;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A coordinator: begins transactions under the epochs that its {@link Reign} holds, drives them to their end, keeps
 * their decisions in the replicated store, and takes part in recovery. Thread-safe.
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

    /** How long a first branch waits for the same, unless its transaction's deadline comes first. */
    private static final Duration NAMING_PATIENCE = Duration.ofSeconds(2);

    /** For the transactions under way, at close; a process is to end in 5 s whatever the store does. */
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(1);

    /** For telling the store that this coordinator has ended, which others find out without it. */
    private static final Duration RESIGN_PATIENCE = Duration.ofMillis(700);

    private final TxConfig config;
    private final Clock clock;
    private final StoreSession session;
    private final ZnodeStore store;
    private final ZnodeDecisionLog log;
    private final ZnodeEpochs epochs;
    private final DecisionProbe probe;
    private final HeuristicLedger ledger;
    private final ZnodeLeadership leadership;
    private final ResourceCatalog catalog;
    private final SetAside aside = new SetAside();
    private final ClusterId cluster;
    private final Workers workers;
    private final Reign reign;
    private final RecoveryWorker recovery;
    private final TransactionMetrics metrics = new TransactionMetrics();
    private final Map<GlobalTxId, CoordinatedTransaction> active = new ConcurrentHashMap<>();
    private final OutcomeMemory remembered = new OutcomeMemory(REMEMBERED_WHOLE_MAX, REMEMBERED_PLAIN_MAX);
    private final SecureRandom random = new SecureRandom();
    private final Host host = new Host();
    private final Protocols protocols;
    private volatile boolean closed;

    private TransactionEngine(TxConfig config, Clock clock, StoreSession session, ReignFactory reigns)
            throws IOException {
        this.config = config;
        this.clock = clock;
        this.session = session;
        store = new ZnodeStore(session);
        cluster = store.prepare();
        log = new ZnodeDecisionLog(session, clock, aside);
        epochs = new ZnodeEpochs(session, aside);
        probe = new DecisionProbe(epochs::whyNoCommit, System::nanoTime);
        ledger = new ZnodeHeuristicLedger(session, aside);
        workers = new Workers("assent", config.limits());
        leadership = new ZnodeLeadership(session);
        catalog = new ZnodeCatalog(session, aside);
        recovery = new RecoveryWorker(new RecoveryWorker.Surroundings(
                new RecoveryWorker.Store(
                        cluster,
                        log,
                        new ZnodeArchive(session, aside),
                        new ZnodeAbsenceBoard(session, aside),
                        epochs,
                        ledger,
                        leadership,
                        catalog),
                workers,
                clock,
                config.recovery(),
                metrics,
                active::containsKey,
                this::rolledBack));
        reign = take(
                reigns, new ReignFactory.Surroundings(epochs, store, leadership, workers, recovery::trigger), workers);
        protocols = new Protocols(log, reign::over, config.retries(), host);
    }

    /** Without a reign there is no engine that could be closed. */
    private static Reign take(ReignFactory reigns, ReignFactory.Surroundings around, Workers workers)
            throws IOException {
        try {
            return reigns.take(around);
        } catch (IOException | RuntimeException failed) {
            workers.close();
            throw failed;
        }
    }

    /** How a coordinator comes by its epochs. */
    interface ReignFactory {
        Reign take(Surroundings surroundings) throws IOException;

        /** {@code recover} asks for a recovery pass soon. */
        record Surroundings(
                ZnodeEpochs epochs, ZnodeStore store, ZnodeLeadership leadership, Workers workers, Runnable recover) {}
    }

    static TransactionEngine start(TxConfig config, Clock clock, ReignFactory reigns) {
        StoreSession session;
        try {
            session = StoreSession.open(config.store());
        } catch (IOException e) {
            throw new TransactionServiceException(String.valueOf(e.getMessage()), true, e);
        }
        try {
            TransactionEngine engine = new TransactionEngine(config, clock, session, reigns);
            engine.beginBackgroundWork();
            return engine;
        } catch (IOException e) {
            session.close();
            throw new TransactionServiceException(
                    "the store at '" + config.store().connectString() + "' could not be used: " + e.getMessage(),
                    true,
                    e);
        } catch (RuntimeException unreadable) {
            session.close();
            throw unreadable;
        }
    }

    private void beginBackgroundWork() {
        session.onExpiry(reign::sessionLost);
        epochs.onLifeChange(recovery::trigger);
        leadership.onChange(recovery::trigger);
        recovery.onPass(this::watch);
        recovery.start();
        workers.every(SWEEP_MILLIS, this::sweep);
        workers.every(FLUSH_MILLIS, log::flush);
    }

    /** Who dies leaves work; who gives a role up leaves it to whoever can. */
    private void watch() {
        epochs.watchLife();
        leadership.watch();
    }

    private void sweep() {
        long now = clock.epochMillis();
        active.values().forEach(transaction -> transaction.expireIfDue(now));
    }

    @Override
    public void deregister(String resourceManager) {
        recovery.remove(new ResourceName(resourceManager));
    }

    @Override
    public void register(ResourceManager resource) {
        Optional<String> refusal = recovery.add(resource, REGISTRATION_PATIENCE);
        if (refusal.isPresent()) {
            throw new TransactionServiceException(refusal.get(), false);
        }
    }

    /** The same without waiting for the store or the resource; the same one again changes nothing. */
    void registerSoon(ResourceManager resource) {
        recovery.addSoon(resource);
    }

    /** Claims a name for a resource that somebody else reaches. Waits for the store. */
    ResourceCatalog.Claim claim(ResourceName name, Optional<ResourceIdentity> identity) throws IOException {
        return catalog.claim(name, identity);
    }

    @Override
    public StagedTransaction begin(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(config.timeoutMax()) > 0) {
            throw new TransactionServiceException(
                    "a transaction's time-out must be longer than zero and at most " + config.timeoutMax() + ", not "
                            + timeout,
                    false);
        }
        if (closed) {
            throw new TransactionServiceException("the transaction service is closed", false);
        }
        if (active.size() >= config.limits().activeMax()) {
            throw new TransactionServiceException(
                    active.size() + " transactions are under way, as many as the limit allows; try again later, or"
                            + " raise the limit",
                    true);
        }
        EpochRef epoch = reign.current()
                .orElseThrow(() -> new TransactionServiceException(
                        "this coordinator reigns over nothing at the moment, as its session with '"
                                + config.store().connectString()
                                + "' was lost or another coordinator leads; try again",
                        true));
        GlobalTxId id = new GlobalTxId(
                cluster,
                epoch.key(),
                epoch.version(),
                clock.epochMillis() + timeout.toMillis(),
                new GlobalTxId.Unique(random.nextLong(), random.nextLong()));
        CoordinatedTransaction transaction = new CoordinatedTransaction(this, id, timeout);
        active.put(id, transaction);
        metrics.transactionBegun();
        return transaction;
    }

    @Override
    public GlobalTransaction join(String token) {
        parse(token);
        throw new TransactionServiceException(
                "this process coordinates its own transactions (embedded mode) and cannot join one begun elsewhere;"
                        + " connect both processes to coordinator nodes (remote mode)",
                false);
    }

    @Override
    public Outcome outcome(String token) {
        return outcome(new Question(parse(token), false, false));
    }

    /**
     * The same for services, which may know more, and end what they hold prepared by what they are told.
     *
     * @param notReadOnly whether it is known that the transaction was not committed with nothing but read-only
     *     branches, of which there would be no record
     */
    Outcome outcomeToObey(String token, boolean notReadOnly) {
        Question question = new Question(parse(token), notReadOnly, true);
        Outcome outcome = outcome(question);
        CoordinatedTransaction ending = active.get(question.about());
        if (ending != null && outcome.isKnown()) {
            ending.toldToOthers();
        }
        return outcome;
    }

    /** About the end of a transaction; who asks may know that it did more than read, and may obey the answer. */
    private record Question(GlobalTxId about, boolean notReadOnly, boolean toObey) {}

    private Outcome outcome(Question question) {
        GlobalTxId id = question.about();
        Optional<Outcome> known = remembered.find(id);
        if (known.isPresent() && !(known.get() instanceof Outcome.RolledBack)) {
            return known.get();
        }
        if (known.isEmpty() && active.containsKey(id)) {
            return new Outcome.Unknown("the transaction is still under way");
        }
        try {
            return withOwnDecisions(id, known.isPresent() ? known.get() : decided(question));
        } catch (IOException e) {
            return new Outcome.Unknown("the store cannot be asked now: " + e.getMessage());
        }
    }

    /** What the store says; the order of the questions is {@link OutcomeRule}'s. */
    private Outcome decided(Question question) throws IOException {
        GlobalTxId id = question.about();
        boolean fenced = epochs.census().isFenced(EpochRef.of(id));
        RecordRead record = log.read(id);
        if (question.toObey() && !fenced && record instanceof RecordRead.Found) {
            log.takeUp(id);
        }
        long everDeletedUpTo = log.everDeletedUpTo(id.key().shardKey());
        Outcome decided = OutcomeRule.conclude(
                id.deadlineEpochMillis(),
                new OutcomeRule.Readings(
                        fenced, record, everDeletedUpTo, Protocols.unrecorded(id, question.notReadOnly())));
        if (decided instanceof Outcome.RolledBack) {
            remembered.put(id, decided); // who asks next may not know what this conclusion rests on
        }
        return decided;
    }

    /** Recovery has found out. */
    private void rolledBack(GlobalTxId id, String cause) {
        if (remembered.find(id).isEmpty()) {
            remembered.put(id, new Outcome.RolledBack(cause));
        }
    }

    /** A rollback is learnt before the last branch has obeyed; what that one did is in the ledger. */
    private Outcome withOwnDecisions(GlobalTxId id, Outcome decided) throws IOException {
        return OutcomeRule.withOwnDecisions(
                decided,
                ledger.of(id).stream().map(HeuristicLedger.Entry::outcome).toList());
    }

    private GlobalTxId parse(String token) {
        GlobalTxId id;
        try {
            id = TransactionToken.parse(token);
        } catch (IllegalArgumentException e) {
            throw new TransactionServiceException(String.valueOf(e.getMessage()), false, e);
        }
        if (!id.cluster().equals(cluster)) {
            throw new TransactionServiceException(
                    "the token belongs to cluster " + id.cluster() + ", but this process is connected to cluster "
                            + cluster + "; connect both to the same ensemble",
                    false);
        }
        return id;
    }

    public ClusterId cluster() {
        return cluster;
    }

    /** The epochs that new transactions begin under at the moment. */
    public List<EpochRef> reigns() {
        return reign.all();
    }

    public TransactionMetrics.Snapshot metrics() {
        return metrics.snapshot(aside.count());
    }

    /** Outcomes that resources chose by themselves, until an operator forgets them. */
    public HeuristicLedger heuristics() {
        return ledger;
    }

    /**
     * Waits a moment for it to be known whether the name stands for its resource; not beyond {@code deadline}.
     *
     * @throws TransactionServiceException no branch may be made in a resource of that name now
     */
    void requireUsable(ResourceName name, long deadlineEpochMillis) {
        long leftMillis = Math.max(0, deadlineEpochMillis - clock.epochMillis());
        Duration patience = Duration.ofMillis(Math.min(leftMillis, NAMING_PATIENCE.toMillis()));
        Optional<NameClaim.Objection> objection = recovery.objection(name, patience);
        if (objection.isPresent()) {
            throw new TransactionServiceException(
                    objection.get().why(), objection.get().mayPass());
        }
    }

    long nowEpochMillis() {
        return clock.epochMillis();
    }

    Duration patience() {
        return config.patience();
    }

    TransactionRun<?, ?> run(GlobalTxId id, List<Branch> branches) {
        return protocols.run(host, id, branches);
    }

    TransactionRun.Host host() {
        return host;
    }

    @Override
    public Standing standing(Duration patience) {
        List<EpochRef> held = reign.all();
        return new Standing.Embedded(
                config.store().connectString(),
                cluster.toString(),
                held.stream().map(TransactionEngine::described).toList(),
                patience.isZero() ? obstacle(held) : why(held, patience).join());
    }

    /** The stage never fails, and completes within {@code patience}. */
    CompletionStage<Optional<String>> whyNoDecision(Duration patience) {
        return why(reign.all(), patience);
    }

    private CompletableFuture<Optional<String>> why(List<EpochRef> held, Duration patience) {
        Optional<String> known = obstacle(held);
        return known.isPresent() ? CompletableFuture.completedFuture(known) : probe.obstacle(held.get(0), patience);
    }

    private static String described(EpochRef epoch) {
        EpochKey key = epoch.key();
        return key.authority() == Authority.EMBEDDED_2PC
                ? "incarnation " + key.incarnation()
                : "shard " + key.shard() + ", epoch " + epoch.version();
    }

    /** What is known without asking anybody. */
    private Optional<String> obstacle(List<EpochRef> held) {
        if (closed) {
            return Optional.of("the transaction service is closed");
        }
        if (held.isEmpty()) {
            return Optional.of("this coordinator reigns over nothing: its session with the store was lost");
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        recovery.close();
        endWhatCanBeEnded();
        withoutWaitingLong(() -> {
            log.flush();
            resign();
        });
        session.close();
        workers.close();
    }

    /** On a thread of its own: a store that does not answer must not keep the process from ending. */
    private void withoutWaitingLong(Runnable farewell) {
        Thread thread = Crew.daemon(farewell, "assent-farewell");
        thread.start();
        try {
            thread.join(RESIGN_PATIENCE.toMillis());
            if (thread.isAlive()) {
                LOG.warn(
                        "the store '{}' did not hear within {} ms that this coordinator ends; others will find out when"
                                + " its session is over, and end what it left",
                        config.store().connectString(),
                        RESIGN_PATIENCE.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** All of them together are given so long: what then remains is recovery's, and its shards must not wait for it. */
    private void endWhatCanBeEnded() {
        long endNanos = System.nanoTime() + CLOSE_PATIENCE.toNanos();
        for (CoordinatedTransaction transaction : active.values()) {
            Duration left = Duration.ofNanos(Math.max(0, endNanos - System.nanoTime()));
            Outcome unused = transaction.rollback("the transaction service was closed", left);
        }
    }

    private void resign() {
        try {
            reign.resign(active.isEmpty());
        } catch (IOException e) {
            LOG.info("the epoch is left for recovery to end: {}", e.getMessage());
        }
    }

    /** What the runs of this service call back. */
    private final class Host implements TransactionRun.Host, BranchEffects.Surroundings {

        @Override
        public HeuristicLedger ledger() {
            return ledger;
        }

        @Override
        public boolean mayBeEndedByRecovery(GlobalTxId transaction) throws IOException {
            CoordinatedTransaction here = active.get(transaction);
            return (here != null && here.isToldToOthers())
                    || log.isTakenUp(transaction)
                    || epochs.census().isFenced(EpochRef.of(transaction));
        }

        @Override
        public Workers workers() {
            return workers;
        }

        @Override
        public Participant recovererFor(Branch branch) {
            return recovery.recoverer(branch.name().resource()).orElse(branch.participant());
        }

        @Override
        public String resourceName(BranchName branch) {
            return recovery.nameOf(branch.resource()).orElse(branch.resource().toString());
        }

        @Override
        public CompletionStage<Void> learned(GlobalTxId transaction, Outcome outcome) {
            remembered.put(transaction, outcome);
            metrics.answered(outcome);
            CoordinatedTransaction known = active.get(transaction);
            return known == null ? CompletableFuture.completedStage(null) : known.learned(outcome);
        }

        @Override
        public void finished(GlobalTxId transaction) {
            active.remove(transaction);
        }
    }
}
