package dev.assent.outbox.policy;

/** What the broker says of the last transaction of a transactional id whose earlier owner it could not fence in time. */
public enum LastTransaction {
    /** Records are added to it, and its owner may commit it. */
    OPEN,
    /**
     * Its end is decided, and is being marked in its partitions. Its owner can begin another one only after that, and so
     * finds out before it commits that the shard was claimed by another, see {@link GuardedCommit}.
     */
    ENDING,
    /** It has ended, or there was none, or the broker does not say. Where the broker is there, the id can be fenced. */
    OTHER;

    /** Whether a takeover that has claimed the shard in the database before it asked may go on without fencing the id. */
    public boolean mayBePassedOver() {
        return switch (this) {
            case ENDING -> true;
            case OPEN, OTHER -> false;
        };
    }
}
