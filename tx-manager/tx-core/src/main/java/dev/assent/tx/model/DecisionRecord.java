package dev.assent.tx.model;

import java.util.List;

/**
 * A decision as the store keeps it. The first one created for a transaction is its outcome, for ever.
 *
 * @param pending branches not yet known to have ended; empty for ABORT, which presumes nothing of its branches
 */
public record DecisionRecord(Decision decision, List<BranchName> pending) {
    /** How long past its deadline a transaction's record answers callers that ask; the store only forgets later. */
    public static final long RETENTION_MILLIS = 60_000;

    /** More branches than this do not fit one record. */
    public static final int BRANCHES_MAX = 2_000;

    public DecisionRecord {
        pending = List.copyOf(pending);
        if (pending.size() > BRANCHES_MAX) {
            throw new IllegalArgumentException(
                    "a transaction has at most " + BRANCHES_MAX + " branches, not " + pending.size());
        }
    }
}
