package dev.assent.tx.coordinator;

import dev.assent.time.Clock;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.PointLook;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.spi.DecisionTable;
import dev.assent.tx.spi.ResourceManager;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables of decisions that this process reaches, as those need them who end branches by a row of another resource.
 * One that does not answer in time costs them that time once, and is then left alone for a while. Thread-safe.
 */
final class PointTables {
    private static final Logger LOG = LoggerFactory.getLogger(PointTables.class);

    /** How long recovery waits for one answer. */
    static final long PATIENCE_MILLIS = 3_000;

    /** How long a table that did not answer is not asked. */
    static final long STAND_BACK_MILLIS = 5_000;

    private final Clock clock;
    private final Function<ResourceName.Hash, Optional<ResourceManager>> resources;
    /** Insertions that wait for an answer: whoever wants the same gets the same. */
    private final Map<GlobalTxId, CompletableFuture<Decision>> underWay = new ConcurrentHashMap<>();

    private final Map<ResourceName.Hash, Long> awaySinceNanos = new ConcurrentHashMap<>();
    private final Map<ResourceName.Hash, Boolean> unreached = new ConcurrentHashMap<>();

    /** @param resources those registered here whose names are known to stand for them */
    PointTables(Clock clock, Function<ResourceName.Hash, Optional<ResourceManager>> resources) {
        this.clock = clock;
        this.resources = resources;
    }

    Optional<DecisionTable> find(ResourceName.Hash hash) {
        return resources.apply(hash).flatMap(ResourceManager::decisions);
    }

    /** The table that decides the transaction. */
    Optional<DecisionTable> of(GlobalTxId transaction) {
        return transaction.commitPoint().flatMap(this::find);
    }

    /** The row that is there, ABORT if there was none; fails when the table cannot tell now, and may stay open long. */
    CompletionStage<Decision> insertAbort(GlobalTxId transaction) {
        Optional<DecisionTable> table = of(transaction);
        return table.isPresent()
                ? table.get().insertAbort(transaction)
                : CompletableFuture.failedStage(new IOException(
                        "the resource that decides it is not registered in this process, or its name is not verified"));
    }

    /** The same for recovery: empty when nothing is known soon. The stage never fails. */
    CompletionStage<Optional<Decision>> terminate(GlobalTxId transaction) {
        ResourceName.Hash hash = transaction.commitPoint().orElseThrow();
        if (of(transaction).isEmpty()) {
            tellUnreached(hash);
            return CompletableFuture.completedStage(Optional.empty());
        }
        if (isAway(hash)) {
            return CompletableFuture.completedStage(Optional.empty());
        }
        CompletableFuture<Decision> inserting =
                underWay.computeIfAbsent(transaction, id -> insertAbort(id).toCompletableFuture());
        CompletionStage<Decision> unused = inserting.whenComplete((row, failed) -> underWay.remove(transaction));
        return inserting
                .copy()
                .orTimeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                .handle((row, failed) -> {
                    if (failed != null) {
                        LOG.debug("{} is not decided yet, as its commit point does not tell", transaction, failed);
                        awaySinceNanos.put(hash, clock.nanos());
                    }
                    return Optional.ofNullable(row);
                });
    }

    private boolean isAway(ResourceName.Hash hash) {
        Long since = awaySinceNanos.get(hash);
        return since != null && clock.nanos() - since < TimeUnit.MILLISECONDS.toNanos(STAND_BACK_MILLIS);
    }

    /** Once each. */
    private void tellUnreached(ResourceName.Hash hash) {
        if (unreached.putIfAbsent(hash, true) == null) {
            LOG.warn(
                    "branches stay prepared until a process that reaches both ends them: resource {} decides them, and"
                            + " this process has it not registered as one that keeps decisions",
                    hash);
        }
    }

    /** What the table shows of the transaction. Waits. */
    PointLook look(GlobalTxId transaction) throws IOException {
        DecisionTable table = of(transaction)
                .orElseThrow(() -> new IOException(
                        "the resource that decides it is not registered in this process; ask one that has it"));
        try {
            return table.look(transaction).toCompletableFuture().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException hangs) {
            throw new IOException("the resource that decides it does not answer", hangs);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException failed) {
            throw new IOException("the resource that decides it cannot be asked: " + failed.getCause(), failed);
        }
    }
}
