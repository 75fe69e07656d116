package dev.assent.tx.model;

/** The one decision of a transaction. */
public enum Decision {
    COMMIT,
    ABORT
}
