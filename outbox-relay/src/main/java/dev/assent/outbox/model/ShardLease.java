package dev.assent.outbox.model;

/** One ownership of one shard. It gives the right to try; the epoch lets database and broker refuse a stale owner. */
public record ShardLease(ShardId shard, ShardEpoch epoch) {
    @Override
    public String toString() {
        return "shard " + shard + " in epoch " + epoch;
    }
}
