package dev.assent.tx.model;

/** One epoch of a coordinator: its znode in one version. */
public record EpochRef(EpochKey key, int version) {

    public static EpochRef of(GlobalTxId transaction) {
        return new EpochRef(transaction.key(), transaction.epoch());
    }

    /** The same as its coordinator holds it: one that leaves a decision to a database does so under its incarnation. */
    public static EpochRef heldFor(GlobalTxId transaction) {
        EpochKey key = transaction.key();
        return key.authority() == Authority.COMMIT_POINT
                ? new EpochRef(
                        new EpochKey(Authority.EMBEDDED_2PC, key.shard(), key.incarnation()), transaction.epoch())
                : of(transaction);
    }
}
