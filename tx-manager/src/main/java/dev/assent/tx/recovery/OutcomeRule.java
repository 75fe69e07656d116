package dev.assent.tx.recovery;

import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.Verdict;
import java.util.List;
import java.util.Optional;

/**
 * What somebody who asks later may be told.
 *
 * <p>No record is proof of a rollback only if all of this holds: the epoch was over before the record was looked for,
 * so that no COMMIT could come any more; no transaction with so late a deadline ever lost its record; and commits of
 * its kind always leave one, which a one-phase commit does not. Otherwise no record means that nothing is known.
 */
public final class OutcomeRule {
    private OutcomeRule() {}

    /**
     * Evidence, read in this order.
     *
     * @param fenced whether the transaction's epoch is over
     * @param record the decision record, if there is one
     * @param everDeletedUpToMillis the latest deadline of any transaction of the shard whose record was ever deleted
     * @param mayCommitWithoutRecord whether a single branch may have been committed in one phase
     */
    public record Readings(
            boolean fenced,
            Optional<DecisionRecord> record,
            long everDeletedUpToMillis,
            boolean mayCommitWithoutRecord) {}

    public static Outcome conclude(long deadlineEpochMillis, Readings read) {
        if (read.record().isPresent()) {
            return read.record().get().verdict() == Verdict.COMMIT
                    ? new Outcome.Committed()
                    : new Outcome.RolledBack("it was rolled back past its time-out");
        }
        if (!read.fenced()) {
            return new Outcome.Unknown("nothing is decided yet, or its record was deleted after it had ended");
        }
        if (read.mayCommitWithoutRecord()) {
            return new Outcome.Unknown("its coordinator died, and a commit in one phase would have left no record");
        }
        return read.everDeletedUpToMillis() < deadlineEpochMillis
                ? new Outcome.RolledBack("its coordinator died before it decided")
                : new Outcome.Unknown("it ended so long ago that its record may have been deleted");
    }

    /**
     * The decided outcome, unless resources that decided by themselves contradict it, or may.
     *
     * @param own what branches of the transaction chose, as the ledger keeps it
     */
    public static Outcome withOwnDecisions(Outcome decided, List<HeuristicOutcome> own) {
        Optional<HeuristicOutcome> agreed = agreed(decided);
        Outcome told = decided;
        for (HeuristicOutcome choice : own) {
            if (choice == HeuristicOutcome.MIXED || (choice != HeuristicOutcome.HAZARD && isOther(choice, agreed))) {
                return new Outcome.HeuristicMixed("a branch decided by itself: " + choice);
            }
            if (agreed.isEmpty() || choice == HeuristicOutcome.HAZARD) {
                told = new Outcome.HeuristicHazard("a branch may have decided by itself: " + choice);
            }
        }
        return told;
    }

    private static boolean isOther(HeuristicOutcome choice, Optional<HeuristicOutcome> agreed) {
        return agreed.isPresent() && agreed.get() != choice;
    }

    private static Optional<HeuristicOutcome> agreed(Outcome decided) {
        if (decided instanceof Outcome.Committed) {
            return Optional.of(HeuristicOutcome.COMMITTED);
        }
        return decided instanceof Outcome.RolledBack ? Optional.of(HeuristicOutcome.ROLLED_BACK) : Optional.empty();
    }
}
