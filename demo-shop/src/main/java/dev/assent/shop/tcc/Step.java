package dev.assent.shop.tcc;

import java.util.Optional;

/** Of a transaction, in the process that has come to it. */
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
    ENDED;

    /** Whether callers must want to commit, or must not, so that it comes; empty if it comes either way. */
    Optional<Boolean> commits() {
        return switch (this) {
            case IN_CONFIRM, AFTER_CONFIRM -> Optional.of(true);
            case IN_CANCEL, AFTER_CANCEL -> Optional.of(false);
            case BEFORE_TRY, IN_TRY, AFTER_TRY, BEGUN, HALF_TRIED, ALL_TRIED, ENDED -> Optional.empty();
        };
    }
}
