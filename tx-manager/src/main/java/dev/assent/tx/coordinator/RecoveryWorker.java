package dev.assent.tx.coordinator;

import dev.assent.tx.admin.TransactionMetrics;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.EpochCensus;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GcMark;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.ShardKey;
import dev.assent.tx.recovery.Evidence;
import dev.assent.tx.recovery.RecoveryCommand;
import dev.assent.tx.recovery.RecoveryPlan;
import dev.assent.tx.spi.Clock;
import dev.assent.tx.spi.DecisionLog;
import dev.assent.tx.spi.EpochRegistry;
import dev.assent.tx.spi.HeuristicLedger;
import dev.assent.tx.spi.Leadership;
import dev.assent.tx.spi.ResourceManager;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what dead coordinators left in the registered resources, and keeps the store tidy. Thread-safe.
 *
 * <p>A pass: fence the dead; read epochs, marks and records, in this order; then scan each resource whose recovery
 * this process leads, and do what {@link RecoveryPlan} says. One pass at a time; resources are scanned in parallel,
 * so that one that hangs holds up only itself.
 */
public final class RecoveryWorker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RecoveryWorker.class);
    private static final long TRIGGER_PAUSE_MILLIS = 20;

    private final Store store;
    private final ResourceRegistry resources;
    private final Workers workers;
    private final Clock clock;
    private final TxConfig.Recovery settings;
    private final TransactionMetrics metrics;
    private final AtomicBoolean asked = new AtomicBoolean();
    private final AtomicBoolean underWay = new AtomicBoolean();
    private final Object onePass = new Object();
    private final Set<String> beingScanned = ConcurrentHashMap.newKeySet();
    private volatile Runnable beforePass = () -> {};
    private volatile boolean closed;

    /** The store's faces that recovery uses. */
    public record Store(
            ClusterId cluster, DecisionLog log, EpochRegistry epochs, HeuristicLedger ledger, Leadership leadership) {}

    public RecoveryWorker(
            Store store,
            ResourceRegistry resources,
            Workers workers,
            Clock clock,
            TxConfig.Recovery settings,
            TransactionMetrics metrics) {
        this.store = store;
        this.resources = resources;
        this.workers = workers;
        this.clock = clock;
        this.settings = settings;
        this.metrics = metrics;
    }

    /** Runs {@code action} before each pass, for instance to arm a watch. */
    public void onPass(Runnable action) {
        beforePass = action;
    }

    /** Begins the regular passes, the first one at once. */
    public void start() {
        workers.every(settings.interval().toMillis(), this::trigger);
        trigger();
    }

    /** Asks for a pass soon; many asks make one pass. */
    public void trigger() {
        if (!closed && asked.compareAndSet(false, true)) {
            workers.later(TRIGGER_PAUSE_MILLIS, this::passOnCrew);
        }
    }

    private void passOnCrew() {
        if (!workers.recovery().execute(this::passUnlessUnderWay)) {
            asked.set(false);
        }
    }

    /** A pass under way looks at its end whether another was asked for, so that none waits on a worker's thread. */
    private void passUnlessUnderWay() {
        if (!underWay.compareAndSet(false, true)) {
            return;
        }
        try {
            asked.set(false);
            pass();
        } finally {
            underWay.set(false);
        }
        if (asked.get() && !closed) {
            workers.later(TRIGGER_PAUSE_MILLIS, this::passOnCrew);
        }
    }

    private void pass() {
        synchronized (onePass) {
            if (closed) {
                return;
            }
            try {
                beforePass.run();
                recoverOnce();
            } catch (IOException e) {
                metrics.recoveryFailed();
                LOG.warn("recovery will be tried again: {}", e.getMessage());
            }
        }
    }

    private void recoverOnce() throws IOException {
        RecoveryPlan plan =
                new RecoveryPlan(gather(), clock.epochMillis(), settings.grace().toMillis());
        if (store.leadership().acquire("recovery-epochs")) {
            tidy(plan);
        }
        for (ResourceManager resource : resources.all()) {
            if (store.leadership().acquire("recovery-rm-" + resource.name())) {
                scanOnWorker(plan, resource);
            }
        }
    }

    private Evidence gather() throws IOException {
        EpochCensus census = store.epochs().census();
        List<Long> dead = census.deadAndUnfenced();
        for (long incarnation : dead) {
            store.epochs().fence(incarnation);
            metrics.epochFenced();
            LOG.info("incarnation {} is dead; its epoch is fenced", incarnation);
        }
        EpochCensus epochs = dead.isEmpty() ? census : store.epochs().census();
        Map<ShardKey, GcMark> marks = new LinkedHashMap<>();
        Map<GlobalTxId, DecisionRecord> records = new LinkedHashMap<>();
        for (ShardKey shard : store.log().shards()) {
            marks.put(shard, store.log().gcMark(shard));
            records.putAll(store.log().records(shard, id -> epochs.isFenced(EpochRef.of(id))));
        }
        return new Evidence(store.cluster(), epochs, marks, records);
    }

    private void tidy(RecoveryPlan plan) throws IOException {
        for (RecoveryCommand deletion : plan.deletions()) {
            deletion.accept(new RecoveryStep(store, null, metrics, this::trigger));
        }
        for (long incarnation : plan.retirable()) {
            store.epochs().retire(incarnation);
        }
    }

    /** The scan itself holds no thread: a resource that hangs only leaves its next scans out. */
    private void scanOnWorker(RecoveryPlan plan, ResourceManager resource) {
        if (!beingScanned.add(resource.name())) {
            return; // an earlier scan hangs
        }
        CompletionStage<Void> unused = resource.inDoubt().handle((inDoubt, failed) -> {
            boolean taken = workers.recovery().execute(() -> scanned(plan, resource, inDoubt, failed));
            if (!taken) {
                beingScanned.remove(resource.name());
            }
            return null;
        });
    }

    private void scanned(
            RecoveryPlan plan, ResourceManager resource, @Nullable List<BranchId> inDoubt, @Nullable Throwable failed) {
        try {
            if (inDoubt == null) {
                throw new IOException(RecoveryStep.reason(failed), failed);
            }
            ResourceName.Hash hash = new ResourceName(resource.name()).hash();
            RecoveryStep step = new RecoveryStep(store, resource, metrics, this::trigger);
            for (RecoveryCommand command : plan.forResource(hash, inDoubt)) {
                command.accept(step);
            }
        } catch (IOException e) {
            metrics.recoveryFailed();
            LOG.warn("resource {} could not be recovered yet: {}", resource.name(), e.getMessage());
        } finally {
            beingScanned.remove(resource.name());
        }
    }

    /** No new pass begins; waits for one under way. */
    @Override
    public void close() {
        closed = true;
        synchronized (onePass) {
            LOG.debug("recovery has stopped");
        }
    }
}
