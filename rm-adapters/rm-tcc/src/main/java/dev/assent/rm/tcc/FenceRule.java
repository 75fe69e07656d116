package dev.assent.rm.tcc;

import java.util.Optional;

/** What a try, a commit and a rollback mean, by what the row of the branch says. Pure. */
final class FenceRule {
    private FenceRule() {}

    /** What is to be done in the local transaction that holds the row. */
    enum Step {
        /** Write the row as TRIED and do the try's work. */
        TRY,
        /** Do nothing: the branch was cancelled, or tried before. */
        REFUSE,
        /** Do the confirming work and write CONFIRMED. */
        CONFIRM,
        /** Do the cancelling work and write CANCELLED. */
        CANCEL,
        /** Write a row as CANCELLED, so that a try which is still on its way finds it; there is nothing to undo. */
        FENCE_OFF,
        /** It was done before. */
        DONE,
        /** The branch is not there, and never was or has long ended. */
        NOT_KNOWN,
        /** It was ended the other way. */
        CONTRADICTED
    }

    static Step onTry(Optional<FenceState> row) {
        return row.isEmpty() ? Step.TRY : Step.REFUSE;
    }

    static Step onCommit(Optional<FenceState> row) {
        if (row.isEmpty()) {
            return Step.NOT_KNOWN;
        }
        return switch (row.get()) {
            case TRIED -> Step.CONFIRM;
            case CONFIRMED -> Step.DONE;
            case CANCELLED -> Step.CONTRADICTED;
        };
    }

    static Step onRollback(Optional<FenceState> row) {
        if (row.isEmpty()) {
            return Step.FENCE_OFF;
        }
        return switch (row.get()) {
            case TRIED -> Step.CANCEL;
            case CANCELLED -> Step.DONE;
            case CONFIRMED -> Step.CONTRADICTED;
        };
    }
}
