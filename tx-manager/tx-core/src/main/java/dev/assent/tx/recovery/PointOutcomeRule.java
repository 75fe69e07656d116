package dev.assent.tx.recovery;

import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.PointLook;

/**
 * What somebody who asks later may be told of a transaction with a commit point, from what its table shows.
 *
 * <p>Who asks does not insert: it has no prepared branch to show that the commit point's transaction is older than its
 * ABORT. So COMMIT is the truth, and ABORT is if no COMMIT of so late a deadline was ever deleted, as then somebody
 * with such a branch has inserted it first. No row tells nothing: a coordinator that was replaced may still commit.
 */
public final class PointOutcomeRule {
    private PointOutcomeRule() {}

    public static Outcome conclude(long deadlineEpochMillis, PointLook look) {
        boolean mayBeDeleted = look.everDeletedUpToMillis() >= deadlineEpochMillis;
        if (look.row().isEmpty()) {
            return new Outcome.Unknown(
                    mayBeDeleted
                            ? "it ended so long ago that its row may have been deleted, or it was never decided"
                            : "no row tells its decision: it is not decided yet, or was rolled back without one");
        }
        return switch (look.row().get()) {
            case COMMIT -> new Outcome.Committed();
            case ABORT ->
                mayBeDeleted
                        ? new Outcome.Unknown("it ended so long ago that its COMMIT may have been deleted before its"
                                + " ABORT was inserted")
                        : new Outcome.RolledBack(
                                "it was rolled back past its time-out, or as its coordinator had died");
        };
    }
}
