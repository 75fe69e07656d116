package dev.assent.tx.model;

/** One epoch of a coordinator: its znode in one version. */
public record EpochRef(EpochKey key, int version) {

    public static EpochRef of(GlobalTxId transaction) {
        return new EpochRef(transaction.key(), transaction.epoch());
    }
}
