package dev.assent.outbox.model;

/** Which ownership of a shard this is; every grant has a larger one, so the database can refuse an older owner. */
public record ShardEpoch(long number) implements Comparable<ShardEpoch> {
    public ShardEpoch {
        if (number < 0) {
            throw new IllegalArgumentException("epoch " + number + " is negative");
        }
    }

    public ShardEpoch next() {
        return new ShardEpoch(Math.addExact(number, 1));
    }

    @Override
    public int compareTo(ShardEpoch other) {
        return Long.compare(number, other.number);
    }

    @Override
    public String toString() {
        return Long.toString(number);
    }
}
