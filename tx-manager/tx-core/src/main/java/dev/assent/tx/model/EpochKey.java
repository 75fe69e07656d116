package dev.assent.tx.model;

/**
 * What a coordinator works under: a shard led by turns, or one incarnation of an embedded coordinator.
 *
 * @param authority which kind of coordinator
 * @param shard the shard led, or the bucket that an embedded coordinator keeps its decisions in
 * @param incarnation the number allotted to an embedded coordinator at its start, never given twice; 0 for a shard
 */
public record EpochKey(Authority authority, int shard, long incarnation) {
    public EpochKey {
        if (shard < 0 || shard > 0xFFFF) {
            throw new IllegalArgumentException("a shard is 0 to 65535, not " + shard);
        }
        if (incarnation < 0) {
            throw new IllegalArgumentException("an incarnation is not negative: " + incarnation);
        }
    }

    /** A COMMIT that acceptors chose is kept with the records of its coordinator's shard. */
    public ShardKey shardKey() {
        return new ShardKey(authority == Authority.PAXOS_3PC ? Authority.SHARD_2PC : authority, shard);
    }
}
