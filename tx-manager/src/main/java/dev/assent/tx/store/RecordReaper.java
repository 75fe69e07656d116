package dev.assent.tx.store;

import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ShardKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;

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

    private final StoreSession session;
    private final Map<ShardKey, ConcurrentLinkedQueue<String>> queues = new ConcurrentHashMap<>();
    private final AtomicInteger queued = new AtomicInteger();

    RecordReaper(StoreSession session) {
        this.session = session;
    }

    void release(GlobalTxId transaction) {
        if (queued.get() >= QUEUED_MAX) {
            return;
        }
        requeue(transaction.key().shardKey(), StoreLayout.decision(transaction));
        if (queued.get() % BATCH_MAX == 0) {
            flush();
        }
    }

    int queued() {
        return queued.get();
    }

    /** Sends everything queued; what is not confirmed is queued again. */
    void flush() {
        queues.forEach((shard, queue) -> {
            List<String> batch = take(queue);
            while (!batch.isEmpty()) {
                delete(shard, batch);
                batch = take(queue);
            }
        });
    }

    private List<String> take(ConcurrentLinkedQueue<String> queue) {
        List<String> batch = new ArrayList<>(BATCH_MAX);
        while (batch.size() < BATCH_MAX) {
            String path = queue.poll();
            if (path == null) {
                break;
            }
            queued.decrementAndGet();
            batch.add(path);
        }
        return batch;
    }

    private void delete(ShardKey shard, List<String> paths) {
        List<Op> operations = new ArrayList<>(paths.size() + 1);
        paths.forEach(path -> operations.add(Op.delete(path, -1)));
        operations.add(Op.setData(StoreLayout.gc(shard), new byte[0], -1));
        CompletableFuture<Void> unused = session.multi(operations).thenAccept(reply -> {
            if (reply.isApplied() || session.isClosed()) {
                return;
            }
            int failed = reply.failedOperation();
            boolean goneAlready = reply.code() == Code.NONODE && failed >= 0 && failed < paths.size();
            for (int place = 0; place < paths.size(); place++) {
                if (!goneAlready || place != failed) {
                    requeue(shard, paths.get(place));
                }
            }
            if (goneAlready) {
                flush();
            }
        });
    }

    private void requeue(ShardKey shard, String path) {
        queues.computeIfAbsent(shard, key -> new ConcurrentLinkedQueue<>()).add(path);
        queued.incrementAndGet();
    }
}
