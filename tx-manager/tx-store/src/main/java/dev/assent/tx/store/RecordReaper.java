package dev.assent.tx.store;

import dev.assent.store.MultiReply;
import dev.assent.store.Node;
import dev.assent.store.SetAside;
import dev.assent.store.StoreCode;
import dev.assent.store.StoreSession;
import dev.assent.time.Clock;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ShardKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Deletes released records in batches, each in one multi with a change of the shard's garbage collection node, which
 * tells recoverers that a missing record proves nothing any more. Thread-safe; never blocks.
 *
 * <p>Records beyond the limit are dropped from the queue, not from the store: recovery deletes them when their epoch
 * has ended.
 */
final class RecordReaper {
    static final int BATCH_MAX = 128;
    private static final int QUEUED_MAX = 200_000;

    /** Released records kept for those who ask; beyond that the oldest are deleted early, and the mark tells. */
    static final int KEPT_MAX = 20_000;

    private final StoreSession session;
    private final Clock clock;
    private final int keptMax;
    private final Map<ShardKey, ShardQueue> queues = new ConcurrentHashMap<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final SetAside aside;

    RecordReaper(StoreSession session, Clock clock, SetAside aside, int keptMax) {
        this.session = session;
        this.clock = clock;
        this.keptMax = keptMax;
        this.aside = aside;
    }

    /** A record that would not go by itself: gone already, which is well, or held by something foreign below it. */
    static void resists(GlobalTxId transaction, StoreCode code, SetAside aside) {
        if (code != StoreCode.NONODE) {
            aside.report(
                    StoreLayout.decision(transaction) + "/*",
                    "the record is not needed any more and cannot be deleted: " + code,
                    "Delete it with everything below it");
        }
    }

    /**
     * What is more than is kept goes as soon as it fills a batch, not with the next flush: many batches at once take the
     * ensemble from decisions that come just then.
     */
    void release(GlobalTxId transaction) {
        if (queued.get() >= QUEUED_MAX) {
            return;
        }
        ShardQueue queue = queues.computeIfAbsent(transaction.key().shardKey(), ShardQueue::new);
        int waiting = queue.add(transaction);
        if (waiting >= BATCH_MAX && queued.get() >= keptMax + BATCH_MAX) {
            queue.sendNext();
        }
    }

    int queued() {
        return queued.get();
    }

    /** Begins to send everything queued that is due; what is not confirmed stays queued. */
    void flush() {
        queues.values().forEach(ShardQueue::sendNext);
    }

    /** One shard's released records. One batch is under way at a time, since each moves the same node. */
    private final class ShardQueue {
        private final ShardKey shard;
        private final Deque<GlobalTxId> waiting = new ArrayDeque<>();
        private boolean underWay;

        ShardQueue(ShardKey shard) {
            this.shard = shard;
        }

        /** Returns how many wait now. */
        synchronized int add(GlobalTxId transaction) {
            waiting.addLast(transaction);
            queued.incrementAndGet();
            return waiting.size();
        }

        void sendNext() {
            List<GlobalTxId> batch = takeDue(clock.epochMillis());
            if (batch.isEmpty()) {
                return;
            }
            CompletableFuture<Void> unused = session.read(StoreLayout.gc(shard))
                    .thenCompose(mark -> delete(batch, mark))
                    .handle((reply, lost) -> {
                        if (lost == null && isProgress(batch, reply)) {
                            done(remaining(batch, reply));
                            if (batch.size() == BATCH_MAX || !reply.isApplied()) {
                                sendNext(); // a part of a batch waits for the next flush, and for others to share it
                            }
                        } else {
                            done(batch); // until the next flush
                        }
                        return null;
                    });
        }

        private CompletableFuture<MultiReply> delete(List<GlobalTxId> batch, Node mark) {
            OptionalLong horizon = DeletionHorizon.read(shard, mark.data(), aside);
            return horizon.isPresent()
                    ? session.multi(DeletionHorizon.delete(
                            shard, batch, horizon.getAsLong(), mark.stat().version()))
                    : CompletableFuture.completedFuture(new MultiReply(StoreCode.BADARGUMENTS, -1));
        }

        /** Deadlines rise with the queue, nearly: stopping at the first that is not due only makes some wait longer. */
        private synchronized List<GlobalTxId> takeDue(long now) {
            List<GlobalTxId> batch = new ArrayList<>();
            if (underWay || session.isClosed()) {
                return batch;
            }
            while (batch.size() < BATCH_MAX && isDue(waiting.peekFirst(), now)) {
                batch.add(waiting.removeFirst());
            }
            underWay = !batch.isEmpty();
            return batch;
        }

        private boolean isDue(@Nullable GlobalTxId first, long now) {
            return first != null && (DeletionHorizon.keepUntilEpochMillis(first) <= now || queued.get() > keptMax);
        }

        private synchronized void done(List<GlobalTxId> left) {
            underWay = false;
            for (int place = left.size() - 1; place >= 0; place--) {
                waiting.addFirst(left.get(place));
            }
        }

        private List<GlobalTxId> remaining(List<GlobalTxId> batch, MultiReply reply) {
            if (reply.isApplied()) {
                queued.addAndGet(-batch.size());
                return List.of();
            }
            List<GlobalTxId> rest = new ArrayList<>(batch);
            resists(rest.remove(reply.failedOperation()), reply.code(), aside);
            queued.decrementAndGet();
            return rest;
        }

        /** Applied, or one of the records is gone already or resists, so that the batch without it may go through. */
        private boolean isProgress(List<GlobalTxId> batch, MultiReply reply) {
            int failed = reply.failedOperation();
            return reply.isApplied() || (failed >= 0 && failed < batch.size());
        }
    }
}
