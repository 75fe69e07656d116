package dev.assent.tx.coordinator;

import dev.assent.tx.bulkhead.ThrottledLog;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.spi.DecisionTable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * COMMIT rows whose transactions have ended here, on their way out: kept a minute past the deadline for those who ask,
 * but not more than some thousands; then deleted many at once, one batch a table at a time. Thread-safe.
 */
final class ReleasedRows {
    private static final Logger LOG = LoggerFactory.getLogger(ReleasedRows.class);

    /** Rows of one table that are kept for those who ask. */
    static final int KEPT_MAX = 20_000;

    /** Rows deleted by one statement. */
    static final int DELETED_AT_ONCE_MAX = 2_000;

    /** Rows remembered while a table cannot be asked; of more, recovery finds out when this epoch is over. */
    static final int REMEMBERED_MAX = 200_000;

    private final PointTables tables;
    private final ThrottledLog refusals = new ThrottledLog();
    private final Map<ResourceName.Hash, Waiting> waiting = new HashMap<>();

    /** Those of one table, the oldest first. */
    private static final class Waiting {
        private final Deque<GlobalTxId> rows = new ArrayDeque<>();
        private boolean deleting;
    }

    ReleasedRows(PointTables tables) {
        this.tables = tables;
    }

    synchronized void release(GlobalTxId transaction) {
        Waiting those = waiting.computeIfAbsent(transaction.commitPoint().orElseThrow(), hash -> new Waiting());
        if (those.rows.size() < REMEMBERED_MAX) {
            those.rows.add(transaction);
        }
    }

    /**
     * Whether another row of that table would be remembered. If not, so many wait to be deleted that none should be added
     * which could as well be kept elsewhere.
     */
    synchronized boolean hasPlace(ResourceName.Hash hash) {
        Waiting those = waiting.get(hash);
        return those == null || those.rows.size() < REMEMBERED_MAX;
    }

    private synchronized int count(ResourceName.Hash hash) {
        return waiting.getOrDefault(hash, new Waiting()).rows.size();
    }

    /** Deletes what is due; to be called from time to time. */
    void flush(long nowEpochMillis) {
        List<ResourceName.Hash> all;
        synchronized (this) {
            all = List.copyOf(waiting.keySet());
        }
        all.forEach(hash -> delete(hash, nowEpochMillis));
    }

    private void delete(ResourceName.Hash hash, long nowEpochMillis) {
        Optional<DecisionTable> table = tables.find(hash);
        List<GlobalTxId> batch = table.isPresent() ? next(hash, nowEpochMillis) : List.of();
        if (batch.isEmpty()) {
            return;
        }
        CompletionStage<Void> unused = table.get().delete(batch).whenComplete((done, failed) -> {
            over(hash, failed == null ? List.of() : batch);
            if (failed != null) {
                tell(hash, failed);
            } else if (batch.size() == DELETED_AT_ONCE_MAX) {
                delete(hash, nowEpochMillis);
            }
        });
    }

    private void tell(ResourceName.Hash hash, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        refusals.say(more -> LOG.warn(
                "{} decisions that nobody needs any more cannot be deleted, and with each transaction there is one more:"
                        + " {}. It is tried again; if that database refuses, let the user that recovery connects as DELETE"
                        + " and UPDATE in assent_decision. From {} on the store decides unless a transaction names the"
                        + " database{}",
                count(hash),
                cause.getMessage(),
                REMEMBERED_MAX,
                more));
    }

    private synchronized List<GlobalTxId> next(ResourceName.Hash hash, long nowEpochMillis) {
        Waiting those = waiting.getOrDefault(hash, new Waiting());
        if (those.deleting) {
            return List.of();
        }
        List<GlobalTxId> batch = new ArrayList<>();
        while (batch.size() < DELETED_AT_ONCE_MAX && isNextDue(those.rows, nowEpochMillis)) {
            batch.add(those.rows.removeFirst());
        }
        those.deleting = !batch.isEmpty();
        return batch;
    }

    private static boolean isNextDue(Deque<GlobalTxId> rows, long nowEpochMillis) {
        return rows.size() > KEPT_MAX
                || (!rows.isEmpty()
                        && rows.getFirst().isPastDeadline(nowEpochMillis - DecisionRecord.RETENTION_MILLIS));
    }

    private synchronized void over(ResourceName.Hash hash, List<GlobalTxId> again) {
        Waiting those = waiting.getOrDefault(hash, new Waiting());
        those.deleting = false;
        for (int at = again.size() - 1; at >= 0; at--) {
            those.rows.addFirst(again.get(at));
        }
    }
}
