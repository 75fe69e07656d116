package dev.assent.rm.tcc;

/** What the row of a branch says, if there is one. */
enum FenceState {
    /** The try has committed, and the branch can commit and roll back: prepared. */
    TRIED,
    CONFIRMED,
    /** Cancelled, after its try or without any. */
    CANCELLED
}
