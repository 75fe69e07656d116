package dev.assent.coordination.model;

import dev.assent.invariants.Invariants;

/**
 * A transaction's place in the one order of all transactions: epoch in the high 32 bits, counter in the low 32
 * (Junqueira, Reed, Serafini: "Zab: High-performance broadcast for primary-backup systems", section III).
 *
 * @param value as clients see it; never negative, because an {@link Epoch} has 31 bits
 */
public record Zxid(long value) implements Comparable<Zxid> {
    /** Before the first transaction. */
    public static final Zxid ZERO = new Zxid(0);

    /** The largest counter of an epoch; the leader opens a new epoch before it would pass this. */
    public static final long COUNTER_MAX = 0xFFFF_FFFFL;

    public Zxid {
        if (value < 0) {
            throw new IllegalArgumentException("zxid 0x" + Long.toHexString(value) + " is negative");
        }
    }

    /** The position just before the first transaction of {@code epoch}. */
    public static Zxid startOf(Epoch epoch) {
        return new Zxid(((long) epoch.value()) << 32);
    }

    public static Zxid of(Epoch epoch, long counter) {
        if (counter < 0 || counter > COUNTER_MAX) {
            throw new IllegalArgumentException("zxid counter " + counter + " is outside 0.." + COUNTER_MAX);
        }
        return new Zxid(((long) epoch.value()) << 32 | counter);
    }

    public Epoch epoch() {
        return new Epoch((int) (value >>> 32));
    }

    public long counter() {
        return value & COUNTER_MAX;
    }

    /** The next position in the same epoch. */
    public Zxid next() {
        Invariants.check(counter() < COUNTER_MAX, "the counter of %s is used up", this);
        return new Zxid(value + 1);
    }

    public boolean isAfter(Zxid other) {
        return value > other.value;
    }

    @Override
    public int compareTo(Zxid other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return "0x" + Long.toHexString(value);
    }
}
