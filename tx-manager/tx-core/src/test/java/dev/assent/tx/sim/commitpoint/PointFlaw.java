package dev.assent.tx.sim.commitpoint;

/** A known bug, planted; each drops a clause of the protocol. */
enum PointFlaw {
    NONE,

    // ---- a terminator inserts ABORT under the same key, and obeys whatever is there

    /** A terminator looks, and takes no row for ABORT. */
    TERMINATOR_SELECTS,
    /** A terminator does not wait for a transaction that is inserting. */
    TERMINATOR_DOES_NOT_WAIT,
    /** A terminator puts ABORT in the place of what is there. */
    TERMINATOR_OVERWRITES,
    /** The commit point commits its work though a row was there. */
    COMMITS_BESIDE_A_ROW,
    /** A terminator rolls back whatever the row says that it found. */
    TERMINATOR_DOES_NOT_OBEY,

    // ---- the commit point is told when every other branch is known to be prepared, and has written before

    /** The commit point is told while votes are out. */
    TELLS_THE_POINT_BEFORE_ALL_PREPARED,
    /** A vote that was lost counts as a yes. */
    TAKES_A_LOST_VOTE_FOR_A_YES,
    /** The commit point may have only read, and the row is not refused to it: its transaction gets its id as it inserts. */
    READER_IS_THE_POINT,
    /** The commit point's transaction gets its id while the others are preparing. */
    ASSIGNS_WHILE_OTHERS_PREPARE,
    /** The others are committed before the commit point has answered. */
    COMMITS_OTHERS_BEFORE_THE_POINT,

    // ---- who lost the answer becomes a terminator, and then checks its epoch

    /** An answer that was lost is told as rolled back, and the others are rolled back. */
    TAKES_A_LOST_ANSWER_FOR_ABORT,
    /** An answer that was lost is taken for COMMIT. */
    TAKES_A_LOST_ANSWER_FOR_COMMIT,
    /** Who lost the answer only looks for the row. */
    LOOKS_FOR_THE_LOST_ANSWER,
    /** ABORT in a fenced epoch is told as rolled back. */
    TELLS_ROLLED_BACK_IN_A_FENCED_EPOCH,
    /** The epoch is checked before the row is found. */
    CHECKS_THE_EPOCH_FIRST,

    // ---- COMMIT rows: by their coordinator after every branch has ended; in a fenced epoch by recovery after scans

    /** The coordinator deletes the row with the first branch that has ended. */
    COORDINATOR_DELETES_EARLY,
    /** A coordinator whose answer was lost deletes the row when it has found it: it may be a zombie by then. */
    ZOMBIE_DELETES_WHAT_IT_FOUND,
    /** Recovery deletes rows of coordinators that live. */
    RECOVERY_DELETES_IN_A_LIVE_EPOCH,
    /** Recovery takes a scan that was begun before the row was read. */
    RECOVERY_TAKES_AN_OLDER_SCAN,
    /** Recovery deletes COMMIT rows of fenced epochs without any scan. */
    RECOVERY_DELETES_WITHOUT_A_SCAN,
    /** The row names one branch only. */
    NAMES_ONE_BRANCH_ONLY,

    // ---- ABORT rows: once the commit point's transaction is over, by transaction ids

    /** ABORT rows of fenced epochs are deleted at once. */
    DELETES_ABORT_AT_ONCE,
    /** ABORT rows are deleted when every transaction that was begun later is over. */
    COMPARES_WITH_THE_NEWEST_ID,
    /** A terminator deletes its ABORT after the branch has obeyed. */
    TERMINATOR_DELETES_ITS_ABORT,

    // ---- the truth for those who ask later

    /** No row in a fenced epoch is told as rolled back. */
    TELLS_ASKERS_WITHOUT_A_ROW,
    /** ABORT is told as rolled back though COMMIT may have been there before. */
    IGNORES_WHAT_WAS_DELETED,
    /** Rows are deleted without a note of how late a deadline was among them. */
    FORGETS_WHAT_IT_DELETED,
    /** Who asks inserts ABORT, and believes it. */
    ASKER_INSERTS,
    /** Who obeys a COMMIT row in a live epoch leaves no note of it. */
    OBEYS_WITHOUT_TAKING_UP,
    /** ABORT rows are deleted in a live epoch, too. */
    DELETES_ABORT_IN_A_LIVE_EPOCH;

    /** Whether nothing may be left in the tables in the end; of most bugs that would be another's merit. */
    boolean mustTidy() {
        return this == NONE;
    }
}
