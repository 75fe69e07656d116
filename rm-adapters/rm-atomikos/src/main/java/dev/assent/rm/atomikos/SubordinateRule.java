package dev.assent.rm.atomikos;

import com.atomikos.recovery.TxState;

/**
 * What is done about a branch whose work Atomikos runs, by what is known of it. The table is in docs/atomikos.md. Pure.
 */
final class SubordinateRule {
    private SubordinateRule() {}

    /** How the coordinator of the imported transaction stands in this process. */
    enum Coordinator {
        /** There is none: another process, or an earlier one, ran it. */
        NONE,
        /** Active: never asked to prepare. */
        WORKING,
        /** In doubt, and answering. */
        VOTED,
        /** Ended, given up on, or in the middle of an end that went wrong: it is not told anything any more. */
        OVER;

        static Coordinator in(TxState state) {
            return switch (state) {
                case ACTIVE, MARKED_ABORT -> WORKING;
                case IN_DOUBT -> VOTED;
                case LOCALLY_DONE,
                        COMMITTED,
                        ABORTED,
                        ABANDONED,
                        TERMINATED,
                        HEUR_HAZARD,
                        HEUR_COMMITTED,
                        HEUR_ABORTED,
                        HEUR_MIXED,
                        COMMITTING,
                        ABORTING,
                        PREPARING -> OVER;
            };
        }
    }

    /** An answer to prepare. */
    enum OnPrepare {
        /** The coordinator prepares. */
        ASK,
        /** It is prepared already: the vote is in the log. */
        YES,
        /** What was done is gone, or will be. */
        NO
    }

    /** An answer to commit and to rollback. */
    enum OnEnd {
        /** The coordinator ends it. */
        TELL,
        /** There is a vote, and nobody who works on it: recovery ends the resources' branches by the log. */
        RECOVER,
        /** Neither a coordinator nor a vote: it ended before, or never was. */
        NOT_KNOWN,
        /** Nobody may say that yet. */
        REFUSE
    }

    /** @param voted whether the log holds a vote of the branch */
    static OnPrepare onPrepare(Coordinator coordinator, boolean voted) {
        return switch (coordinator) {
            case WORKING -> OnPrepare.ASK;
            case VOTED -> OnPrepare.YES;
            case NONE, OVER -> voted ? OnPrepare.YES : OnPrepare.NO;
        };
    }

    static OnEnd onCommit(Coordinator coordinator, boolean voted) {
        return switch (coordinator) {
            case WORKING -> OnEnd.REFUSE;
            case VOTED -> OnEnd.TELL;
            case NONE, OVER -> voted ? OnEnd.RECOVER : OnEnd.NOT_KNOWN;
        };
    }

    static OnEnd onRollback(Coordinator coordinator, boolean voted) {
        return switch (coordinator) {
            case WORKING, VOTED -> OnEnd.TELL;
            case NONE, OVER -> voted ? OnEnd.RECOVER : OnEnd.NOT_KNOWN;
        };
    }
}
