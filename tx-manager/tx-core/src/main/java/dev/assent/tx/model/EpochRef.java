package dev.assent.tx.model;

/** One epoch of a coordinator: its znode in one version. */
public record EpochRef(EpochKey key, int version) {

    public static EpochRef of(GlobalTxId transaction) {
        return new EpochRef(transaction.key(), transaction.epoch());
    }

    /**
     * The same as its coordinator holds it: one that leaves a decision to a database does so under its incarnation, one
     * that leaves it to acceptors under the shard that it leads.
     */
    public static EpochRef heldFor(GlobalTxId transaction) {
        EpochKey key = transaction.key();
        Authority holder =
                switch (key.authority()) {
                    case EMBEDDED_2PC, COMMIT_POINT -> Authority.EMBEDDED_2PC;
                    case SHARD_2PC, PAXOS_3PC -> Authority.SHARD_2PC;
                };
        return new EpochRef(new EpochKey(holder, key.shard(), key.incarnation()), transaction.epoch());
    }
}
