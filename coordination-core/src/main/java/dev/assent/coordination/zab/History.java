package dev.assent.coordination.zab;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Zxid;
import dev.assent.invariants.Invariants;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The end of this server's log, in memory: everything not yet delivered, and before it as many delivered transactions
 * as the limits allow. A ring of entries; an entry keeps its index for life, also when older ones are dropped.
 *
 * <p>{@link #base} is the transaction just before the first one held, so that even an empty history proves what may
 * follow it. Three positions on it are kept apart: logged ({@link #last}), durable here, and delivered; committed is
 * a fourth that the {@link Member} keeps.
 */
final class History {
    /** {@link #floor} of a transaction from before {@link #base}. */
    static final long NOT_HELD = -1;

    private Zxid base;
    private Zxid last;
    private Zxid[] zxids = new Zxid[64];
    private @Nullable Payload[] txns = new Payload[64];
    private long[] tokens = new long[64];
    private long first = 1;
    private long end = 1;
    private long durableEnd = 1;
    private long deliveredEnd = 1;
    private long bytes;

    History(Zxid base) {
        this.base = base;
        this.last = base;
        Arrays.fill(zxids, Zxid.ZERO);
    }

    Zxid base() {
        return base;
    }

    /** The last one logged, durable or not. */
    Zxid last() {
        return last;
    }

    /** The last one that survives a power cut here. */
    Zxid durable() {
        return zxidAt(durableEnd - 1);
    }

    Zxid delivered() {
        return zxidAt(deliveredEnd - 1);
    }

    /** Index after the last entry. */
    long end() {
        return end;
    }

    /** Index after the last delivered entry. */
    long deliveredEnd() {
        return deliveredEnd;
    }

    /** The transaction at {@code index}; the base at the index just before the first entry. */
    Zxid zxidAt(long index) {
        if (index == first - 1) {
            return base;
        }
        checkHeld(index);
        return zxids[slot(index)];
    }

    Payload txnAt(long index) {
        checkHeld(index);
        Payload txn = txns[slot(index)];
        if (txn == null) {
            throw new IllegalStateException("an entry that is held has no transaction");
        }
        return txn;
    }

    boolean isHeld(long index) {
        return index >= first - 1 && index < end;
    }

    /** Whether {@code next} may come directly after {@code previous}: the same epoch's next one, or a new epoch. */
    static boolean follows(Zxid previous, Zxid next) {
        return next.value() == previous.value() + 1
                || (next.counter() == 1 && next.value() >>> 32 > previous.value() >>> 32);
    }

    void append(long token, Zxid zxid, Payload txn) {
        if (!follows(last, zxid)) {
            Invariants.check(false, "%s does not follow %s: the log would have a hole", zxid, last);
        }
        if (end - first == zxids.length) {
            grow();
        }
        int slot = slot(end);
        zxids[slot] = zxid;
        txns[slot] = txn;
        tokens[slot] = token;
        end++;
        bytes += txn.size();
        last = zxid;
    }

    /** Index of the last entry not after {@code zxid}, the base's included, or {@link #NOT_HELD}. */
    long floor(Zxid zxid) {
        if (base.isAfter(zxid)) {
            return NOT_HELD;
        }
        long low = first - 1;
        long high = end - 1;
        while (low < high) {
            long middle = (low + high + 1) >>> 1;
            if (zxidAt(middle).isAfter(zxid)) {
                high = middle - 1;
            } else {
                low = middle;
            }
        }
        return low;
    }

    boolean contains(Zxid zxid) {
        long floor = floor(zxid);
        return floor != NOT_HELD && zxidAt(floor).equals(zxid);
    }

    /** Forgets what comes after {@code lastKept}; never a delivered transaction. */
    void truncateAfter(Zxid lastKept) {
        Invariants.check(contains(lastKept), "%s is not in the log: cannot truncate to it", lastKept);
        long newEnd = floor(lastKept) + 1;
        Invariants.check(newEnd >= deliveredEnd, "truncation to %s would drop delivered transactions", lastKept);
        while (end > newEnd) {
            forget(end - 1);
            end--;
        }
        durableEnd = Math.min(durableEnd, end);
        last = zxidAt(end - 1);
    }

    /** Starts anew from a snapshot of the state after {@code at}. */
    void resetTo(Zxid at) {
        while (first < end) {
            forget(first);
            first++;
        }
        base = at;
        last = at;
        durableEnd = first;
        deliveredEnd = first;
    }

    /** Everything written up to {@code token} is durable. Returns whether that moved {@link #durable}. */
    boolean written(long token) {
        long before = durableEnd;
        while (durableEnd < end && tokens[slot(durableEnd)] <= token) {
            durableEnd++;
        }
        return durableEnd != before;
    }

    /** Moves delivered on by one and returns that index. */
    long deliverNext() {
        checkHeld(deliveredEnd);
        return deliveredEnd++;
    }

    /** Drops delivered and durable entries from the front, to the limits; {@code pin} and what follows it stays. */
    void prune(ZabConfig.Limits limits, long pin) {
        long droppable = Math.min(deliveredEnd, durableEnd) - 1;
        while (first < droppable && isOver(limits, 1)) {
            if (first >= pin && !isOver(limits, 4)) {
                return;
            }
            base = zxids[slot(first)];
            forget(first);
            first++;
        }
    }

    private boolean isOver(ZabConfig.Limits limits, int factor) {
        return end - first > (long) limits.historyEntriesMax() * factor || bytes > limits.historyBytesMax() * factor;
    }

    /** Entries from {@code from} on, before {@code to}, up to the limits of a message; at least one. */
    List<Proposal> batch(long from, long to, ZabConfig.Limits limits) {
        List<Proposal> batch = new ArrayList<>((int) Math.min(to - from, limits.batchEntriesMax()));
        long size = 0;
        for (long index = from; index < to && batch.size() < limits.batchEntriesMax(); index++) {
            Payload txn = txnAt(index);
            size += txn.size();
            if (size > limits.batchBytesMax() && !batch.isEmpty()) {
                break;
            }
            batch.add(new Proposal(zxidAt(index), txn));
        }
        return batch;
    }

    void invariants() {
        Invariants.check(first <= deliveredEnd && deliveredEnd <= end, "delivered is outside the history");
        Invariants.check(first <= durableEnd && durableEnd <= end, "durable is outside the history");
        Zxid previous = base;
        long counted = 0;
        for (long index = first; index < end; index++) {
            Zxid zxid = zxidAt(index);
            Invariants.check(follows(previous, zxid), "%s does not follow %s", zxid, previous);
            counted += txnAt(index).size();
            previous = zxid;
        }
        Invariants.check(previous.equals(last), "last is not the last entry");
        Invariants.check(counted == bytes, "the bytes held are miscounted");
    }

    private void forget(long index) {
        bytes -= txnAt(index).size();
        txns[slot(index)] = null;
    }

    private void checkHeld(long index) {
        if (index < first || index >= end) {
            Invariants.check(false, "index %d is outside the history %d..%d", index, first, end);
        }
    }

    private int slot(long index) {
        return (int) (index & (zxids.length - 1));
    }

    /** Both halves take a copy of everything, so that each index finds its entry in whichever half it maps to now. */
    private void grow() {
        int length = zxids.length;
        Zxid[] moreZxids = Arrays.copyOf(zxids, length * 2);
        System.arraycopy(zxids, 0, moreZxids, length, length);
        @Nullable Payload[] moreTxns = Arrays.copyOf(txns, length * 2);
        System.arraycopy(txns, 0, moreTxns, length, length);
        long[] moreTokens = Arrays.copyOf(tokens, length * 2);
        System.arraycopy(tokens, 0, moreTokens, length, length);
        zxids = moreZxids;
        txns = moreTxns;
        tokens = moreTokens;
    }
}
