package dev.assent.saga.sim;

/** Bugs that can be planted. Each breaks the rule it is listed under. */
enum Flaw {
    NONE,

    // No call before the log says why.
    /** The store acknowledges an entry before it has it. */
    ACKNOWLEDGED_BEFORE_DURABLE,
    /** An append whose answer was lost counts as recorded. */
    LOST_ANSWER_IS_SUCCESS,

    // One executor at a time.
    /** Entries are written without a look at the epoch. */
    NO_FENCE_ON_APPEND,
    /** A claim does not raise the epoch. */
    CLAIM_KEEPS_EPOCH,
    /** After a claim the log is read from a follower that lags behind. */
    STALE_READ_AFTER_CLAIM,

    // What may have been called is compensated.
    /** Only steps that are known to be done are compensated. */
    UNANSWERED_IS_NOT_COMPENSATED,
    /** A step whose attempts timed out counts as without effect. */
    TIMED_OUT_IS_WITHOUT_EFFECT,

    // One key for all attempts.
    KEY_PER_ATTEMPT,
    KEY_PER_EXECUTOR,

    // The guard of who is called.
    /** An action that arrives after its compensation takes effect. */
    LATE_ACTION_IS_NOT_BLOCKED,
    /** A compensation undoes what never was. */
    UNDOES_WHAT_NEVER_WAS,

    // Order.
    /** The first step is compensated first. */
    COMPENSATES_FORWARD,
    /** A step counts as done as soon as it was called. */
    DONE_WHEN_CALLED,

    // Compensations are retried for ever.
    /** After some failures a compensation counts as done. */
    COMPENSATION_GIVEN_UP,
    /** A compensation that is refused counts as done. */
    REFUSED_COMPENSATION_COUNTS,

    // Somebody goes on.
    /** Nobody looks for sagas of the dead. */
    NOBODY_TAKES_OVER,
    /** A claimed saga stays in the list of its former executor. */
    CLAIM_LEAVES_THE_LIST,

    // What has ended is kept for the retention, what has not is kept for ever.
    /** Sagas under way are taken for ended ones, and deleted. */
    FORGETS_THE_LIVING,
    /** The time at which a slot ended is told too early. */
    FORGETS_TOO_EARLY
}
