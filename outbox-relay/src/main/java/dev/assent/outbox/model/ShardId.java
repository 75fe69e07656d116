package dev.assent.outbox.model;

/** One of the shards that the keys of an outbox are spread over, counted from 0. */
public record ShardId(int number) implements Comparable<ShardId> {
    /** Most shards of one outbox: each costs its owner a thread, a database connection and a producer. */
    public static final int SHARDS_MAX = 256;

    public ShardId {
        if (number < 0 || number >= SHARDS_MAX) {
            throw new IllegalArgumentException("shard " + number + " is outside 0.." + (SHARDS_MAX - 1));
        }
    }

    @Override
    public int compareTo(ShardId other) {
        return Integer.compare(number, other.number);
    }

    @Override
    public String toString() {
        return Integer.toString(number);
    }
}
