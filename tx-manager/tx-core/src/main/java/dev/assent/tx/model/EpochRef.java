package dev.assent.tx.model;

/** One reign of a coordinator: its epoch znode in one version. */
public record EpochRef(EpochKey key, int version) {

    public static EpochRef of(GlobalTxId transaction) {
        return new EpochRef(transaction.key(), transaction.epoch());
    }
}
