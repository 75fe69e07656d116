package dev.assent.coordination.net.client;

import dev.assent.coordination.net.BurstLog;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all connections together hold for their clients: bytes of unfinished frames, requests under way, replies not
 * yet taken.
 *
 * <p>Beyond the budget memory is short: a connection with requests under way or replies to be taken is not read any
 * further until it has none. All others are, so that sessions live and frames get finished. Beyond twice the budget it
 * is exhausted: large frames are not finished either, and while that lasts, whoever holds most of what can be given back
 * loses its connection, one a second. Thread-safe.
 */
final class ClientMemory {
    /** Memory is exhausted at so many times the budget. */
    static final int EXHAUSTED_FACTOR = 2;

    private static final Logger LOG = LoggerFactory.getLogger(ClientMemory.class);
    private static final long EVICTION_NANOS = 1_000_000_000L;

    /** What holds memory. */
    interface Holder {
        /** What it would give back at once if it were closed; from any thread. */
        long reclaimableBytes();

        /** To be closed, and soon; from any thread. */
        void evict(String why);
    }

    private final long bytesMax;
    private final LongSupplier nanoTime;
    private final AtomicLong held = new AtomicLong();
    private final AtomicBoolean shortage = new AtomicBoolean();
    private final AtomicLong lastEvictionNanos;
    private final Set<Holder> holders = ConcurrentHashMap.newKeySet();
    private final BurstLog begins;
    private final BurstLog ends;

    /**
     * A budget.
     *
     * @param later see {@link BurstLog}
     */
    ClientMemory(long bytesMax, LongSupplier nanoTime, Executor later) {
        this.bytesMax = bytesMax;
        this.nanoTime = nanoTime;
        this.lastEvictionNanos = new AtomicLong(nanoTime.getAsLong() - EVICTION_NANOS);
        this.begins = new BurstLog("times that back-pressure began", later, LOG::warn);
        this.ends = new BurstLog("times that back-pressure ended", later, LOG::warn);
    }

    void entered(Holder holder) {
        holders.add(holder);
    }

    /** It holds nothing any more. */
    void left(Holder holder) {
        holders.remove(holder);
    }

    /** Some connection holds more, or less, by so many bytes. */
    void changed(long delta) {
        long now = held.addAndGet(delta);
        if (now > bytesMax && shortage.compareAndSet(false, true)) {
            boolean unused =
                    begins.happened("back-pressure begins: requests and replies of all clients take up more than "
                            + bytesMax + " B. Who has requests under way is not read until they are answered");
        } else if (now < bytesMax / 2 && shortage.compareAndSet(true, false)) {
            boolean unused = ends.happened("back-pressure ends: all clients are read again");
        }
    }

    /** From the moment that the budget was exceeded until half of it is free. */
    boolean isShort() {
        return shortage.get();
    }

    boolean isExhausted() {
        return held.get() > bytesMax * EXHAUSTED_FACTOR;
    }

    /** Makes room if memory is exhausted, at most once a second. */
    void evictIfExhausted() {
        long now = nanoTime.getAsLong();
        long last = lastEvictionNanos.get();
        if (isExhausted() && now - last >= EVICTION_NANOS && lastEvictionNanos.compareAndSet(last, now)) {
            holders.stream()
                    .filter(holder -> holder.reclaimableBytes() > 0)
                    .max(Comparator.comparingLong(Holder::reclaimableBytes))
                    .ifPresent(this::evict);
        }
    }

    private void evict(Holder holder) {
        holder.evict("requests and replies of all clients take up more than " + bytesMax * EXHAUSTED_FACTOR
                + " B, and with " + holder.reclaimableBytes() + " B it holds most of what can be given back");
    }

    long heldBytes() {
        return held.get();
    }
}
