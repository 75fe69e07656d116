package dev.assent.outbox.relay;

/** How a shard goes on. */
enum Next {
    /** With the next round. */
    READ,
    /** From the start: the outcome of something is open. */
    TAKE_OVER_AGAIN,
    /** From the start, a few times: somebody fences this owner, and the database tells whose the shard is. */
    CLAIM_AGAIN,
    /** Not at all, under this lease. */
    LEAVE
}
