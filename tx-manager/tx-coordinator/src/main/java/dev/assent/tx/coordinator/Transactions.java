package dev.assent.tx.coordinator;

import dev.assent.event.EventStream;
import dev.assent.time.Clock;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.spi.ResourceManager;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;

/**
 * Begins transactions under the epochs that the coordinator holds, and is all that a transaction knows of its
 * coordinator. Thread-safe.
 */
final class Transactions {
    /** How long a first branch waits to learn whether its resource's name stands for it. */
    private static final Duration NAMING_PATIENCE = Duration.ofSeconds(2);

    /** What a deadline may be further away than the longest time-out, as clocks differ. */
    private static final Duration SKEW_TOLERATED = Duration.ofMinutes(1);

    private final ClusterId cluster;
    private final String storeName;
    private final CoordinatorSettings settings;
    private final HeldEpochs epochs;
    private final RecoveryWorker recovery;
    private final RegisteredResources registered;
    private final Protocols protocols;
    private final ActiveTransactions active;
    private final Clock clock;
    private final EventStream events;
    private final Executor listeners;
    private final SecureRandom random = new SecureRandom();
    private volatile boolean closed;

    /** What transactions stand on. */
    record Foundations(
            ClusterId cluster,
            String storeName,
            CoordinatorSettings settings,
            HeldEpochs epochs,
            RecoveryWorker recovery,
            RegisteredResources registered,
            Protocols protocols,
            Clock clock,
            EventStream events) {}

    Transactions(Foundations on, ActiveTransactions active) {
        this.cluster = on.cluster();
        this.storeName = on.storeName();
        this.settings = on.settings();
        this.epochs = on.epochs();
        this.recovery = on.recovery();
        this.registered = on.registered();
        this.protocols = on.protocols();
        this.clock = on.clock();
        this.events = on.events();
        this.active = active;
        WorkerPool crew = active.workers().listeners();
        this.listeners = task -> {
            if (!crew.execute(task)) {
                throw new RejectedExecutionException("too many listeners wait, or the service is closed");
            }
        };
    }

    CoordinatedTransaction begin(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(settings.timeoutMax()) > 0) {
            throw new TransactionServiceException(
                    "a transaction's time-out must be longer than zero and at most " + settings.timeoutMax() + ", not "
                            + timeout,
                    false);
        }
        requireOpen();
        String expired = "the transaction's time-out of " + timeout.toMillis() + " ms expired before it was decided";
        for (Optional<EpochRef> epoch = epochs.current(); ; epoch = epochs.current()) {
            GlobalTxId id = name(requireEpoch(epoch), timeout);
            Optional<CoordinatedTransaction> begun =
                    begun(new CoordinatedTransaction(this, id, expired), epochs::isOpen);
            if (begun.isPresent()) {
                return begun.get();
            }
        }
    }

    private EpochRef requireEpoch(Optional<EpochRef> epoch) {
        return epoch.orElseThrow(() -> new TransactionServiceException(
                "this coordinator holds no epoch at the moment, as its session with '" + storeName
                        + "' was lost or another coordinator leads; try again",
                true));
    }

    private GlobalTxId name(EpochRef epoch, Duration timeout) {
        return new GlobalTxId(
                cluster,
                epoch.key(),
                epoch.version(),
                clock.epochMillis() + timeout.toMillis(),
                new GlobalTxId.Unique(random.nextLong(), random.nextLong()));
    }

    /** Begins one that somebody named before, under an epoch held here; also one under which no new ones are named. */
    CoordinatedTransaction begin(GlobalTxId name) {
        requireOpen();
        protocols.objection(name.key().authority()).ifPresent(why -> {
            throw new TransactionServiceException(why, false);
        });
        long aheadMillis = name.deadlineEpochMillis() - clock.epochMillis();
        if (aheadMillis > settings.timeoutMax().plus(SKEW_TOLERATED).toMillis()) {
            throw new TransactionServiceException(
                    "a transaction's time-out must be at most " + settings.timeoutMax() + ", and its deadline is "
                            + aheadMillis + " ms away from here",
                    false);
        }
        String expired = "the transaction's time-out expired before it was decided";
        return begun(new CoordinatedTransaction(this, name, expired), epoch -> epochs.all()
                        .contains(epoch))
                .orElseThrow(() -> new TransactionServiceException(
                        "the transaction's coordinator was replaced before it heard of it; begin a new one", true));
    }

    private void requireOpen() {
        if (closed) {
            throw new TransactionServiceException("the transaction service is closed", false);
        }
        active.requirePlace();
    }

    /** Empty when it may not begin under its epoch any more: who hands a shard over waits for what was begun before. */
    private Optional<CoordinatedTransaction> begun(CoordinatedTransaction transaction, Predicate<EpochRef> mayBegin) {
        active.add(transaction);
        if (mayBegin.test(EpochRef.heldFor(transaction.globalId()))) {
            active.begun();
            return Optional.of(transaction);
        }
        active.finished(transaction.globalId());
        return Optional.empty();
    }

    /** Of a transaction that begins now. */
    TransactionNews news() {
        return events.isHeard() ? new ToldTransaction(events, clock, this::nameOf) : TransactionNews.SILENT;
    }

    private String nameOf(BranchName branch) {
        return recovery.nameOf(branch.resource()).orElse(branch.resource().toString());
    }

    /** None is begun any more. */
    void close() {
        closed = true;
    }

    /** A run of the transaction's protocol over these branches, which does not start by itself. */
    TransactionRun<?, ?> run(GlobalTxId id, List<Branch> branches, TransactionNews news) {
        return protocols.run(active, id, branches, news);
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

    /** What the name stands for; {@link #requireUsable} has passed. */
    ResourceManager resource(ResourceName name) {
        return registered
                .find(name.hash())
                .orElseThrow(() -> new TransactionServiceException(
                        "resource '" + name.text() + "' is not registered any more", false));
    }

    /** Whether transactions of this coordinator may be decided by a resource: those of a led shard are not. */
    boolean mayDecideInResource(GlobalTxId id) {
        return id.key().authority().isOfAnIncarnation();
    }

    /** Whether a resource that decides by default is to decide one transaction more. */
    boolean mayDecideUnasked(ResourceName resource) {
        return protocols.mayDecideUnasked(resource.hash());
    }

    long nowEpochMillis() {
        return clock.epochMillis();
    }

    Duration patience() {
        return settings.patience();
    }

    /** Where those are called who want to hear of an end. */
    Executor listeners() {
        return listeners;
    }
}
