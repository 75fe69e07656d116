package dev.assent.tx.model;

/** Decisions that are kept, scanned and deleted together. */
public record ShardKey(Authority authority, int shard) implements Comparable<ShardKey> {

    /** The name of the shard's folder in the store: {@code 3} for a led shard, {@code e3} for an embedded bucket. */
    public String folder() {
        return switch (authority) {
            case EMBEDDED_2PC -> "e" + shard;
            case SHARD_2PC -> Integer.toString(shard);
            case PAXOS_3PC, COMMIT_POINT ->
                throw new IllegalStateException("no decisions of " + authority + " are kept in the store");
        };
    }

    @Override
    public int compareTo(ShardKey other) {
        int byAuthority = authority.compareTo(other.authority);
        return byAuthority != 0 ? byAuthority : Integer.compare(shard, other.shard);
    }
}
