package dev.assent.outbox.status;

/** What a status event did to its row. */
public enum StatusChange {
    /** The row has the new status: acknowledge once the transaction has committed. */
    APPLIED,
    /** The row had it already: acknowledge. */
    DUPLICATE,
    /** The row is past it, or may not go there: acknowledge, the event is history. */
    OUT_OF_ORDER,
    /** There is no such row yet: try again later, never acknowledge. */
    MISSING
}
