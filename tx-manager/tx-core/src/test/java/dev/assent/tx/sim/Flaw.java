package dev.assent.tx.sim;

/** A bug planted around the production classes, to show that the checks see it. */
enum Flaw {
    /** Correct. */
    NONE,
    /** Recovery presumes abort in an epoch that it has not fenced. */
    PRESUMES_ABORT_BEFORE_FENCING,
    /** Recovery reads a branch's record first and fences its epoch afterwards. */
    READS_RECORDS_BEFORE_FENCING,
    /** A record that is there and cannot be read is taken for none. */
    TAKES_AN_UNREADABLE_RECORD_FOR_NONE,
    /** A conditional ABORT rests on a mark that was read after the scan. */
    READS_THE_MARK_AFTER_THE_SCAN,
    /** A resource's answer from before a question was put counts for it. */
    TAKES_AN_ANSWER_FOR_ANY_QUESTION,
    /** A folder of records that was listed once is taken to be the same for ever. */
    SKIPS_A_CHANGED_FOLDER,
    /** A branch that its resource does not know is always taken to have been ended by hand. */
    TAKES_ANY_ABSENCE_FOR_A_HAND,
    /** Recovery ends a branch of a live epoch by its record and leaves no trace of that. */
    OBEYS_WITHOUT_TAKING_UP,
    /** An epoch is retired while its folder holds records. */
    RETIRES_WITH_RECORDS,
    /** COMMIT checks the epoch as it is now, not the one named in the gtrid. */
    READS_THE_EPOCH_AGAIN,
    /** COMMIT is created without any check of the epoch. */
    CHECKS_NO_EPOCH,
    /** Branches are told to commit when the record is sent, not when it is durable. */
    COMMITS_BEFORE_THE_RECORD,
    /** An existing record is taken for the coordinator's own. */
    TAKES_ANY_RECORD_FOR_COMMIT,
    /** "The resource does not know the branch" counts as committed without a record. */
    TAKES_NOT_KNOWN_FOR_DONE_WITHOUT_RECORD,
    /** The caller is told "rolled back" when nothing is known. */
    REPORTS_ROLLBACK_ON_UNKNOWN,
    /** A coordinator fenced after an unanswered attempt rolls back because it finds no record. */
    ROLLS_BACK_WHEN_FENCED_AND_ABSENT,
    /** The COMMIT record is deleted as soon as it is written. */
    DELETES_COMMIT_EARLY,
    /** Recovery deletes the ABORT record of a live epoch. */
    DELETES_ABORT_EARLY,
    /** Recovery deletes the ABORT record of a fenced epoch while callers may still ask about its contemporaries. */
    DELETES_FENCED_ABORT_EARLY,
    /** A conditional ABORT ignores that records were deleted since the scan. */
    ABORTS_WITHOUT_THE_MARK,
    /** Branches count as ended when a scan from before the question was put lacks them. */
    ANSWERS_FROM_AN_OLDER_SCAN,
    /** An incarnation allotted after the census is taken for a retired one. */
    TAKES_THE_UNBORN_FOR_FENCED,
    /** Records are deleted without changing the mark. */
    DELETES_WITHOUT_CHANGING_THE_MARK,
    /** Records are deleted without a note of how late a deadline was among them. */
    FORGETS_WHAT_IT_DELETED,
    /** Those who ask later are told "rolled back" for want of a record although the epoch is not fenced. */
    TELLS_ASKERS_BEFORE_FENCING,
    /** Those who ask later are told "rolled back" for want of a record that a one-phase commit never leaves. */
    FORGETS_ONE_PHASE_COMMITS,
    /** Those who ask later are told "rolled back" for want of a record that a commit of readers never leaves. */
    FORGETS_READ_ONLY_COMMITS,
    /** The deadline is not told to a transaction that waits for votes, so that a branch that hangs holds its caller. */
    WAITS_FOR_VOTES_PAST_THE_DEADLINE,
    /** A telling that never left counts as one that may have been carried out. */
    TAKES_UNSENT_FOR_UNANSWERED,
    /** A telling whose answer was lost counts as one that never left. */
    TAKES_UNANSWERED_FOR_UNSENT,
    /** Who did the work is not asked how a branch ended that its resource knows no more. */
    NEVER_ASKS_WHO_WORKED,
    /** A lone branch whose prepare was lost is told as rolled back, and left as it is. */
    LEAVES_A_LOST_PREPARE,
    /** A branch that has not voted at the deadline counts as prepared. */
    TAKES_SILENCE_FOR_A_YES;

    /** Whether nothing may be left in the store in the end; of most bugs that would be another's merit. */
    boolean mustTidy() {
        return this == NONE || this == SKIPS_A_CHANGED_FOLDER || this == RETIRES_WITH_RECORDS;
    }
}
