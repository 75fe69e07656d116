package dev.assent.tx.coordinator;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.EpochCensus;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ParsedBranch;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.recovery.GarbagePlan;
import dev.assent.tx.spi.DecisionTable;
import dev.assent.tx.spi.ResourceManager;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes rows of fenced epochs from one table, by whoever recovers its resource: rows that are due are read; then each
 * resource that a COMMIT names is scanned; then those go of which no branch was found. A resource that this process
 * does not reach keeps its rows, for a process that does. Used once.
 */
final class PointTidying {
    private static final Logger LOG = LoggerFactory.getLogger(PointTidying.class);

    /** Rows looked at in one go. */
    static final int ROWS_MAX = 2_000;

    private final RecoveryWorker.Context around;
    private final DecisionTable table;
    private final EpochCensus epochs;
    private final Function<ResourceName.Hash, Optional<ResourceManager>> resources;
    private final GarbagePlan plan = new GarbagePlan();

    PointTidying(
            RecoveryWorker.Context around,
            DecisionTable table,
            EpochCensus epochs,
            Function<ResourceName.Hash, Optional<ResourceManager>> resources) {
        this.around = around;
        this.table = table;
        this.epochs = epochs;
        this.resources = resources;
    }

    /** The stage never fails. */
    CompletionStage<Void> run() {
        Set<Long> live = new HashSet<>();
        epochs.embedded().forEach((incarnation, version) -> {
            if (version == 0) {
                live.add(incarnation);
            }
        });
        long dueBefore = around.clock().epochMillis() - DecisionRecord.RETENTION_MILLIS;
        return table.rows(new DecisionTable.Due(around.store().cluster(), live, dueBefore, ROWS_MAX))
                .thenCompose(this::scanned)
                .thenCompose(all -> deleted())
                .handle((done, failed) -> {
                    if (failed != null) {
                        LOG.debug("rows of fenced epochs are deleted later", failed);
                    }
                    return null;
                });
    }

    private CompletionStage<Void> scanned(Map<GlobalTxId, DecisionRecord> rows) {
        Map<GlobalTxId, RecordRead> due = new LinkedHashMap<>();
        rows.forEach((id, row) -> {
            if (GarbagePlan.isDue(id, epochs, around.clock().epochMillis())) {
                due.put(id, new RecordRead.Found(row));
            }
        });
        plan.read(due);
        List<CompletableFuture<Void>> scans = new ArrayList<>();
        plan.questions()
                .forEach((hash, asked) ->
                        resources.apply(hash).ifPresent(resource -> scans.add(scan(hash, resource, asked))));
        return CompletableFuture.allOf(scans.toArray(CompletableFuture<?>[]::new));
    }

    /** One that fails, or does not answer, has shown nothing. */
    private CompletableFuture<Void> scan(ResourceName.Hash hash, ResourceManager resource, Set<GlobalTxId> asked) {
        return resource.inDoubt()
                .toCompletableFuture()
                .copy()
                .orTimeout(PointTables.PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                .handle((branches, failed) -> {
                    if (failed == null) {
                        answered(hash, asked, branches);
                    }
                    return null;
                });
    }

    private synchronized void answered(ResourceName.Hash hash, Set<GlobalTxId> asked, List<BranchId> branches) {
        Set<GlobalTxId> inDoubt = new HashSet<>();
        for (BranchId branch : branches) {
            if (ParsedBranch.of(branch, around.store().cluster()) instanceof ParsedBranch.Ours ours) {
                inDoubt.add(ours.transaction());
            }
        }
        plan.answered(hash, asked, inDoubt);
    }

    private CompletionStage<Void> deleted() {
        List<GlobalTxId> gone =
                plan.deletable(ROWS_MAX).values().stream().flatMap(List::stream).toList();
        return gone.isEmpty() ? CompletableFuture.completedStage(null) : table.delete(gone);
    }
}
