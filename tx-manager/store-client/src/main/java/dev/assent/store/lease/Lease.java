package dev.assent.store.lease;

/** One ownership of one shard; later ones have larger epochs. */
public record Lease(int shard, long epoch) {
    @Override
    public String toString() {
        return "shard " + shard + " in epoch " + epoch;
    }
}
