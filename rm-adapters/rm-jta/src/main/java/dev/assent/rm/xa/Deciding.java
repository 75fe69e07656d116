package dev.assent.rm.xa;

/** When a database decides transactions that work in it, by a row in a table of its own. */
public enum Deciding {
    /** When a transaction's first branch works in it. */
    UNASKED,
    /** When a transaction names it, before its first branch. */
    WHEN_NAMED
}
