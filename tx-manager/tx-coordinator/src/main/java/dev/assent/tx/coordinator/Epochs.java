package dev.assent.tx.coordinator;

import dev.assent.tx.model.Authority;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.EpochRef;

/** Epochs by what they are of. */
final class Epochs {
    private Epochs() {}

    static EpochRef ofShard(int shard, int version) {
        return new EpochRef(new EpochKey(Authority.SHARD_2PC, shard, 0), version);
    }
}
