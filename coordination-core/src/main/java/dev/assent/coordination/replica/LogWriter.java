package dev.assent.coordination.replica;

import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.spi.EpochStore;
import dev.assent.coordination.spi.SnapshotStore;
import dev.assent.coordination.zab.Write;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes log and epochs. It takes everything queued, carries it out in order and makes it durable
 * with one sync: the slower the disk, the larger the groups, up to {@value #GROUP_BYTES_MAX} bytes, so that a slow disk
 * can be told from one that does nothing.
 *
 * <p>After the first failure it reports that once, and never again that anything was written.
 */
final class LogWriter {
    /** Bytes of transactions in one sync, the last one aside. */
    static final int GROUP_BYTES_MAX = 8 << 20;

    private static final long SLOW_SYNC_MILLIS = 1_000;
    private static final long SLOW_SYNC_TOLD_EVERY_MILLIS = 10_000;
    private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);

    private final ReplicaContext disk;
    private final LongConsumer whenWritten;
    private final Consumer<Throwable> whenFailed;
    private final Thread thread;
    private final AtomicLong unwrittenBytes = new AtomicLong();
    private final Object lock = new Object();

    /** The rest but for the counters is guarded by {@link #lock}. */
    private List<Write> queued = new ArrayList<>();

    private @Nullable Zxid purgeThrough;
    private boolean stopping;

    private final AtomicLong appended = new AtomicLong();
    private final AtomicLong syncs = new AtomicLong();
    private final AtomicLong syncNanos = new AtomicLong();
    private final AtomicLong syncNanosMax = new AtomicLong();

    /** Of the writing thread only. */
    private SnapshotStore.@Nullable Reception reception;

    private boolean unsynced;

    private final LogThrottle slowSyncs = new LogThrottle(SLOW_SYNC_TOLD_EVERY_MILLIS);

    /**
     * @param whenWritten told the last durable token, on this writer's thread
     * @param whenFailed told at most once, on this writer's thread, which ends then
     */
    LogWriter(String name, ReplicaContext disk, LongConsumer whenWritten, Consumer<Throwable> whenFailed) {
        this.disk = disk;
        this.whenWritten = whenWritten;
        this.whenFailed = whenFailed;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Queues writes, after all before them. The list must not change any more. */
    void submit(List<Write> writes) {
        long bytes = 0;
        for (Write write : writes) {
            bytes += bytes(write);
        }
        unwrittenBytes.addAndGet(bytes);
        synchronized (lock) {
            queued.addAll(writes);
            lock.notifyAll();
        }
    }

    /** Frees log space, when there is nothing more urgent. */
    void purge(Zxid through) {
        synchronized (lock) {
            purgeThrough = through;
            lock.notifyAll();
        }
    }

    /**
     * Writes what is queued and ends.
     *
     * @return whether the thread has ended within {@code millisMax}: a disk that does not answer keeps it. It ends by
     *     itself then, should the disk ever answer
     */
    boolean stop(long millisMax) {
        synchronized (lock) {
            stopping = true;
            lock.notifyAll();
        }
        return Threads.join(thread, millisMax);
    }

    private record Work(List<Write> writes, @Nullable Zxid purgeThrough) {}

    private void run() {
        try {
            for (Work work = take(); work != null; work = take()) {
                carryOut(work);
            }
        } catch (IOException | RuntimeException | Error e) {
            whenFailed.accept(e);
        } finally {
            closeReception();
        }
    }

    private void closeReception() {
        try {
            giveUpReception();
        } catch (IOException e) {
            whenFailed.accept(e);
        }
    }

    /** Waits for work; null at the end. */
    private @Nullable Work take() {
        synchronized (lock) {
            while (queued.isEmpty() && purgeThrough == null && !stopping) {
                Threads.await(lock);
            }
            if (queued.isEmpty() && stopping) {
                return null;
            }
            Work work = new Work(queued, purgeThrough);
            queued = new ArrayList<>();
            purgeThrough = null;
            return work;
        }
    }

    private void carryOut(Work work) throws IOException {
        long bytes = 0;
        int last = work.writes().size() - 1;
        for (int i = 0; i <= last; i++) {
            Write write = work.writes().get(i);
            carryOut(write);
            bytes += bytes(write);
            if (i == last || bytes >= GROUP_BYTES_MAX) {
                sync();
                unwrittenBytes.addAndGet(-bytes);
                bytes = 0;
                whenWritten.accept(write.token());
            }
        }
        if (work.purgeThrough() != null) {
            disk.log().purgeThrough(work.purgeThrough());
        }
    }

    private void carryOut(Write write) throws IOException {
        if (write instanceof Write.Append append) {
            disk.log().append(append.zxid(), append.txn());
            appended.incrementAndGet();
            unsynced = true;
        } else if (write instanceof Write.SaveEpochs save) {
            // The history comes first: an epoch must never vouch for transactions that are not there.
            sync();
            disk.epochs().save(new EpochStore.Epochs(save.accepted(), save.current()));
        } else if (write instanceof Write.Truncate truncate) {
            disk.log().truncate(truncate.lastKept());
        } else if (write instanceof Write.SnapshotChunk chunk) {
            receive(chunk);
        } else {
            // Reported as written it would count as durable.
            throw new IllegalStateException("a kind of write that this writer does not know: " + write);
        }
    }

    private void sync() throws IOException {
        if (!unsynced) {
            return;
        }
        long start = disk.clock().nanos();
        disk.log().sync();
        long nanos = disk.clock().nanos() - start;
        unsynced = false;
        syncs.incrementAndGet();
        syncNanos.addAndGet(nanos);
        syncNanosMax.accumulateAndGet(nanos, Math::max);
        tellIfSlow(TimeUnit.NANOSECONDS.toMillis(nanos));
    }

    private void tellIfSlow(long millis) {
        if (millis >= SLOW_SYNC_MILLIS && slowSyncs.permits(disk.clock().monotonicMillis())) {
            LOG.warn(
                    "a sync of the transaction log took {} ms ({} other slow ones were not told): every write waits for"
                            + " it. Is the disk of dataLogDir overloaded, or shared?",
                    millis,
                    slowSyncs.takeUntold());
        }
    }

    private void receive(Write.SnapshotChunk chunk) throws IOException {
        if (chunk.index() == 0) {
            giveUpReception();
            reception = disk.snapshots().receive(chunk.zxid());
        }
        SnapshotStore.Reception current = reception;
        if (current == null) {
            throw new IllegalStateException("a piece of snapshot " + chunk.zxid() + " came before its first one");
        }
        current.append(chunk.bytes());
        if (chunk.last()) {
            sync();
            current.commit();
            giveUpReception();
            disk.log().restartAfter(chunk.zxid());
        }
    }

    private void giveUpReception() throws IOException {
        if (reception != null) {
            reception.close();
            reception = null;
        }
    }

    private static long bytes(Write write) {
        if (write instanceof Write.Append append) {
            return append.txn().size();
        }
        return write instanceof Write.SnapshotChunk chunk ? chunk.bytes().size() : 0;
    }

    long unwrittenBytes() {
        return unwrittenBytes.get();
    }

    ReplicaMetrics.Log metrics() {
        return new ReplicaMetrics.Log(
                appended.get(), syncs.get(), syncNanos.get(), syncNanosMax.get(), unwrittenBytes.get());
    }
}
