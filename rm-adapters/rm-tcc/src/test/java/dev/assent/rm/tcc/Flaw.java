package dev.assent.rm.tcc;

/** Known ways to get try, confirm and cancel wrong, planted into {@link FenceModel}; each must be noticed. */
enum Flaw {
    NONE,
    /** A rollback that finds nothing leaves nothing: a try on its way goes through afterwards (suspension). */
    EMPTY_CANCEL_WRITES_NO_ROW,
    /** A rollback that finds nothing cancels all the same (empty rollback). */
    EMPTY_CANCEL_DOES_THE_WORK,
    /** A try that finds its branch cancelled goes on. */
    TRY_IGNORES_THE_ROW,
    /** Confirm does not look whether it was done before. */
    CONFIRM_REPEATS,
    CANCEL_REPEATS,
    /** Two that end the branch at the same time do not wait for each other. */
    ENDS_WITHOUT_LOCK,
    /** The row is written in a local transaction of its own, before that of the work. */
    ROW_BEFORE_WORK,
    /** The same, after it. */
    ROW_AFTER_WORK
}
