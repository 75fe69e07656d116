package dev.assent.tx.model;

/** What a resource did to a prepared branch without being told (X/Open XA: XA_HEUR*). */
public enum HeuristicOutcome {
    COMMITTED,
    ROLLED_BACK,
    MIXED,
    HAZARD
}
