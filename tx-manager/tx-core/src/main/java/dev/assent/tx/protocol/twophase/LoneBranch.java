package dev.assent.tx.protocol.twophase;

/** How a transaction with a single branch commits. */
public enum LoneBranch {
    /** In one phase: cheapest, but nobody else can ever tell the outcome. */
    ONE_PHASE,
    /** Like any other: prepared, then decided by a record that outlives its coordinator. */
    WITH_RECORD
}
