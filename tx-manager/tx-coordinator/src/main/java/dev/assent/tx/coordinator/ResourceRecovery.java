package dev.assent.tx.coordinator;

import dev.assent.event.RecoveryEvent;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.EpochCensus;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.recovery.RecoveryCommand;
import dev.assent.tx.spi.DecisionTable;
import dev.assent.tx.spi.ResourceManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The recovery of one resource by this process: stands for its role, runs its passes, and gives the role up when it
 * cannot do the work. It stands again when a probe of its own has reached the resource. Thread-safe.
 *
 * <p>One pass at a time. A resource that hangs holds no thread of ours, and its role not longer than
 * {@link #PATIENCE_MILLIS}.
 */
final class ResourceRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(ResourceRecovery.class);

    /** How long a resource may take for one scan or one command before it counts as out of reach. */
    static final long PATIENCE_MILLIS = 5_000;

    private static final long PAUSE_MILLIS = 10;

    /** Between two looks at a resource's identity by a process that does not recover it. */
    private static final long NAME_MILLIS = 5_000;

    /** Between two looks for rows of decisions that may be deleted. */
    private static final long TIDY_MILLIS = 5_000;

    /** So many passes in a row in which no branch could be ended: somebody else may try. */
    private static final int FRUITLESS_MAX = 3;

    /** Branches named in the log because their record cannot be read; more are only counted. */
    private static final int LEFT_ALONE_NAMED_MAX = 1_000;

    private static final long STAND_BACK_MILLIS = 10_000;

    private enum Fitness {
        /** This process has not reached the resource since it last failed to. */
        UNPROVEN,
        /** It reached it, and stands for the role. */
        FIT
    }

    private final RecoveryWorker.Context around;
    private final ResourceManager resource;
    private final ResourceName name;
    private final String role;
    private final Supplier<Optional<EpochCensus>> census;
    private final OneAtATime passes;
    private final Executor crew;
    private final NameClaim claim;
    private final Patience patience = new Patience(PATIENCE_MILLIS);
    private final Set<BranchId> leftAlone = ConcurrentHashMap.newKeySet();
    private volatile Fitness fitness = Fitness.UNPROVEN;
    private volatile @Nullable CompletableFuture<?> underWay;
    private volatile long standBackUntilNanos;
    private volatile long verifiedNanos;
    private volatile long tidiedNanos;
    private volatile boolean complained;
    private volatile boolean closed;
    private volatile boolean departed;
    private int fruitless;

    ResourceRecovery(RecoveryWorker.Context around, ResourceManager resource, Supplier<Optional<EpochCensus>> census) {
        this.around = around;
        this.resource = resource;
        this.name = new ResourceName(resource.name());
        this.role = "recovery-rm-" + name.text();
        this.census = census;
        this.standBackUntilNanos = around.clock().nanos();
        this.verifiedNanos = around.clock().nanos();
        this.tidiedNanos = around.clock().nanos() - TimeUnit.MILLISECONDS.toNanos(TIDY_MILLIS);
        this.passes = new OneAtATime(around.workers(), PAUSE_MILLIS, this::next);
        this.crew = task -> {
            if (!around.workers().recovery().execute(task)) {
                throw new RejectedExecutionException("recovery stops, or has too much to do");
            }
        };
        this.claim = new NameClaim(around, resource, crew, PATIENCE_MILLIS);
    }

    /** Begins to find out whether the name stands for the resource. */
    void begin() {
        claim.begin();
    }

    NameClaim claim() {
        return claim;
    }

    /** Asks for a pass soon. */
    void ask() {
        passes.ask();
    }

    ResourceManager resource() {
        return resource;
    }

    private void next() {
        CompletableFuture<?> running = underWay;
        Optional<EpochCensus> epochs = census.get();
        if (closed || epochs.isEmpty() || (running != null && !running.isDone()) || patience.isHanging()) {
            return;
        }
        boolean isStandingBack = standBackUntilNanos - around.clock().nanos() > 0;
        if (isStandingBack) {
            return;
        }
        CompletableFuture<?> begun =
                switch (fitness) {
                    case UNPROVEN -> probe();
                    case FIT -> pass(epochs.get());
                };
        underWay = begun;
    }

    /** Reaches the resource once, without the role, to learn whether to stand for it. */
    private CompletableFuture<?> probe() {
        return claim.verify()
                .thenCompose(agreed ->
                        agreed ? patience.bounded(resource.inDoubt()) : CompletableFuture.completedFuture(null))
                .handle((scanned, failed) -> {
                    if (failed != null) {
                        failed(failed);
                    } else if (scanned != null) {
                        fitness = Fitness.FIT;
                        inOrder();
                        passes.ask();
                    }
                    return null;
                });
    }

    private CompletableFuture<?> pass(EpochCensus epochs) {
        try {
            if (!around.store().leadership().acquire(role)) {
                return watchName();
            }
        } catch (IOException away) {
            LOG.debug("the role {} cannot be taken now", role, away);
            return CompletableFuture.completedFuture(null);
        }
        if (departed) {
            giveUp(); // it left while the role was being taken
            return CompletableFuture.completedFuture(null);
        }
        long begunNanos = around.clock().nanos();
        return claim.verify()
                .thenComposeAsync(
                        agreed -> agreed
                                ? new ResourcePass(around, resource, epochs, crew, patience, this::leftAlone)
                                        .run()
                                        .thenCompose(tally -> tidied(epochs).thenApply(done -> Optional.of(tally)))
                                : CompletableFuture.completedStage(Optional.<ResourcePass.Tally>empty()),
                        crew)
                .handle((tally, failed) -> {
                    if (failed != null) {
                        failed(failed);
                    } else if (tally.isPresent()) {
                        ended(tally.get(), around.clock().nanos() - begunNanos);
                    } else {
                        fitness = Fitness.UNPROVEN;
                        giveUp();
                    }
                    return null;
                });
    }

    /** Rows that nobody needs go, if the resource keeps decisions; now and then, as they are few. */
    private CompletionStage<Void> tidied(EpochCensus epochs) {
        Optional<DecisionTable> table = resource.decisions();
        long now = around.clock().nanos();
        if (table.isEmpty() || now - tidiedNanos < TimeUnit.MILLISECONDS.toNanos(TIDY_MILLIS)) {
            return CompletableFuture.completedStage(null);
        }
        tidiedNanos = now;
        return new PointTidying(around, table.get(), epochs, around.registered()::verified).run();
    }

    /** Who has not the role still makes branches under the name, so it is compared now and then. */
    private CompletableFuture<?> watchName() {
        if (around.clock().nanos() - verifiedNanos < TimeUnit.MILLISECONDS.toNanos(NAME_MILLIS)) {
            return CompletableFuture.completedFuture(null);
        }
        verifiedNanos = around.clock().nanos();
        return claim.verify().handle((agreed, failed) -> {
            if (failed != null) {
                failed(failed);
            }
            return null;
        });
    }

    private void ended(ResourcePass.Tally tally, long nanos) {
        if (around.events().isHeard()) {
            around.events()
                    .tell(new RecoveryEvent.Passed(
                            name.text(),
                            tally.inDoubt(),
                            tally.ended(),
                            tally.resisted(),
                            tally.oldestDeadlineEpochMillis(),
                            nanos));
        }
        inOrder();
        fruitless = tally.isFruitless() ? fruitless + 1 : 0;
        if (fruitless >= FRUITLESS_MAX) {
            fruitless = 0;
            LOG.warn(
                    "resource {} lets this process end none of {} branches in doubt: its user may lack the right to."
                            + " Another process may try",
                    name.text(),
                    tally.resisted());
            standBackUntilNanos = around.clock().nanos() + TimeUnit.MILLISECONDS.toNanos(STAND_BACK_MILLIS);
            giveUp();
        }
    }

    /** Names each branch once. */
    private void leftAlone(RecoveryCommand.LeaveAlone command) {
        if (around.events().isHeard()) {
            String transaction = command.branch().transaction().toHex();
            around.events().tell(new RecoveryEvent.LeftAlone(name.text(), transaction, command.why()));
        }
        BranchId branch = command.branch().xid();
        if (leftAlone.size() < LEFT_ALONE_NAMED_MAX && leftAlone.add(branch)) {
            LOG.warn(
                    "branch {} in {}, there {}, stays prepared, with its locks: {}",
                    branch,
                    name.text(),
                    resource.localName(branch),
                    command.why());
        }
    }

    private void inOrder() {
        if (complained) {
            complained = false;
            LOG.info("resource {} can be recovered by this process again", name.text());
        }
    }

    private void failed(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        around.failed(name.text(), cause);
        if (!claim.isKnown()) {
            LOG.debug("resource {} is recovered once its name is verified", name.text(), cause); // which has been told
            return;
        }
        if (cause instanceof UncheckedIOException || cause instanceof RejectedExecutionException) {
            LOG.debug("resource {} is recovered later, as the store is away", name.text(), cause);
            return;
        }
        if (!complained && !closed) {
            complained = true;
            LOG.warn(
                    "resource {} cannot be recovered by this process: {}. Whoever reaches it may; this process stands"
                            + " again when it does",
                    name.text(),
                    cause instanceof TimeoutException
                            ? "it does not answer within " + PATIENCE_MILLIS + " ms"
                            : cause.getMessage());
        }
        fitness = Fitness.UNPROVEN;
        giveUp();
    }

    private void giveUp() {
        if (!around.workers().recovery().execute(this::release)) {
            LOG.debug("the role {} goes with the session", role);
        }
    }

    private void release() {
        try {
            around.store().leadership().release(role);
        } catch (IOException e) {
            LOG.debug("the role {} could not be given up", role, e);
            around.workers().later(TimeUnit.SECONDS.toMillis(1), this::giveUpUnlessFit);
        }
    }

    private void giveUpUnlessFit() {
        if (departed || (fitness != Fitness.FIT && !closed)) {
            giveUp();
        }
    }

    void close() {
        closed = true;
        claim.close();
        passes.close();
    }

    void awaitEnd(Duration left) {
        passes.awaitEnd(left);
    }

    /** The resource is not this process's any more. */
    void depart() {
        departed = true;
        close();
        awaitEnd(RecoveryWorker.CLOSE_PATIENCE);
        LOG.info("resource {} has left this process, which gives its recovery up", name.text());
        giveUp();
    }
}
