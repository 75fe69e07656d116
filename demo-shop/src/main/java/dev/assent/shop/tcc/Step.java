package dev.assent.shop.tcc;

/** Where a process can die by its own hand, of SIGKILL. */
enum Step {
    /** Joined, and nothing tried yet. */
    BEFORE_TRY,
    /** The work and the row of the try are written, and not committed. */
    IN_TRY,
    /** The try has committed, and its caller does not know. */
    AFTER_TRY,
    IN_CONFIRM,
    /** The confirm has committed, and the coordinator does not know. */
    AFTER_CONFIRM,
    IN_CANCEL,
    AFTER_CANCEL,
    /** The caller has begun a transaction. */
    BEGUN,
    /** One service has tried, the other has not. */
    HALF_TRIED,
    /** Both have tried, and nobody was told to end it. */
    ALL_TRIED,
    /** The caller has been told how it ended. */
    ENDED
}
