package dev.assent.tx.sim.threephase;

/** A bug planted around the production classes of three-phase commit, to show that the checks see it. */
enum PaxosFlaw {
    /** Correct. */
    NONE(Rule.NONE),

    /** COMMIT is proposed if anybody has accepted it, whatever a higher ballot says. */
    COMMITS_IF_ANYBODY_ACCEPTED(Rule.ONE_DECISION),
    /** The value of the lowest ballot among the promises is proposed. */
    TAKES_THE_LOWEST_BALLOT(Rule.ONE_DECISION),
    /** A promise does not tell what was accepted. */
    PROMISES_WITHOUT_WHAT_WAS_ACCEPTED(Rule.ONE_DECISION),
    /** An acceptor accepts below what it has promised. */
    ACCEPTS_BELOW_ITS_PROMISE(Rule.ONE_DECISION),

    /** A process proposes under the same name after its restart, from the first round on. */
    REUSES_BALLOTS_AFTER_A_RESTART(Rule.BALLOTS_ARE_USED_ONCE),
    /** An answer to an earlier ballot counts for the present one. */
    COUNTS_ANSWERS_OF_EARLIER_BALLOTS(Rule.BALLOTS_ARE_USED_ONCE),

    /** A promise is kept in memory only. */
    PROMISE_IS_NOT_DURABLE(Rule.DURABLE_BEFORE_SAID),
    /** What was accepted is kept in memory only. */
    ACCEPTED_IS_NOT_DURABLE(Rule.DURABLE_BEFORE_SAID),
    /** An acceptor answers while its register is being saved. */
    SAYS_BEFORE_IT_IS_DURABLE(Rule.DURABLE_BEFORE_SAID),

    /** The coordinator sends its preCommit although it has aborted. */
    PRE_COMMITS_AFTER_ABORT(Rule.BALLOT_ZERO_IS_THE_COORDINATORS),
    /** The coordinator's process uses ballot 0 again after its restart, to abort. */
    USES_BALLOT_ZERO_AGAIN(Rule.BALLOT_ZERO_IS_THE_COORDINATORS),
    /** Who terminates takes its own yes for everybody's, and proposes COMMIT when nothing was accepted. */
    PROPOSES_COMMIT_AFRESH(Rule.BALLOT_ZERO_IS_THE_COORDINATORS),

    /** An acceptor answers blank after it has forgotten. */
    ANSWERS_BLANK_AFTER_FORGETTING(Rule.FORGETTING),
    /** Acceptors forget as soon as COMMIT is chosen. */
    FORGETS_BEFORE_ALL_HAVE_ENDED(Rule.FORGETTING),
    /** Acceptors forget a COMMIT that is not recorded yet. */
    FORGETS_BEFORE_THE_RECORD(Rule.FORGETTING),

    /** Who terminates counts a majority of those acceptors that it reaches. */
    A_MINORITY_DECIDES(Rule.MAJORITY),
    /** A repeated answer counts as another acceptor's. */
    COUNTS_A_REPEATED_ANSWER_TWICE(Rule.MAJORITY),
    /** The coordinator tells its branches to commit at the first acknowledged preCommit. */
    COMMITS_AT_THE_FIRST_ACCEPTED(Rule.MAJORITY),

    /** The textbook's time-outs: whoever has seen the preCommit commits, the others abort. */
    ENDS_BY_THE_TEXTBOOK(Rule.NO_TIME_OUT_DECIDES),
    /** A prepared branch is rolled back when its coordinator is silent. */
    ROLLS_BACK_ON_SUSPICION(Rule.NO_TIME_OUT_DECIDES),

    /** A branch whose vote does not come counts as prepared. */
    TAKES_SILENCE_FOR_A_YES(Rule.ALL_YES),
    /** A branch that refuses counts as one that changed nothing. */
    TAKES_A_NO_FOR_READ_ONLY(Rule.ALL_YES),

    /** The caller is told "rolled back" when the acceptors are silent. */
    TELLS_ROLLED_BACK_FOR_UNKNOWN(Rule.TOLD_TRUE),
    /** The caller is told "committed" once all have voted yes. */
    TELLS_COMMITTED_FOR_UNKNOWN(Rule.TOLD_TRUE),

    /** An agent votes yes before it has kept durably whom to ask. */
    VOTES_BEFORE_THE_ACCEPTORS_ARE_KEPT(Rule.A_MAJORITY_NEVER_BLOCKS),
    /** Who terminates asks once, and not again. */
    NEVER_ASKS_AGAIN(Rule.A_MAJORITY_NEVER_BLOCKS),
    /** Who is outbid does not bid higher. */
    NEVER_BIDS_HIGHER(Rule.A_MAJORITY_NEVER_BLOCKS);

    /** What the bug breaks; each has two at least. */
    enum Rule {
        NONE,
        ONE_DECISION,
        BALLOTS_ARE_USED_ONCE,
        DURABLE_BEFORE_SAID,
        BALLOT_ZERO_IS_THE_COORDINATORS,
        FORGETTING,
        MAJORITY,
        NO_TIME_OUT_DECIDES,
        ALL_YES,
        TOLD_TRUE,
        A_MAJORITY_NEVER_BLOCKS
    }

    private final Rule rule;

    PaxosFlaw(Rule rule) {
        this.rule = rule;
    }

    Rule rule() {
        return rule;
    }
}
