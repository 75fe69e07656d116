package dev.assent.rm.operator.tx;

import dev.assent.tx.model.GlobalTxId;

/** One thing that an operator may want to look at. */
public record Listed(Kind kind, GlobalTxId transaction, String what) {

    /** Why it is listed. */
    public enum Kind {
        /** A database holds a branch of it prepared. */
        IN_DOUBT,
        /** A decision is in the store, of which nobody may ask any more: branches of it have not ended yet. */
        DECIDED,
        /** A record is in the store that nobody can read. */
        UNREADABLE,
        /** A branch decided by itself. */
        HEURISTIC
    }
}
