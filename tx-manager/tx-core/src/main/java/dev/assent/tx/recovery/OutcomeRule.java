package dev.assent.tx.recovery;

import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.RecordRead;
import java.util.List;
import java.util.Optional;

/**
 * What somebody who asks later may be told.
 *
 * <p>No record is proof of a rollback only if all of this holds: the epoch was over before the record was looked for,
 * so that no COMMIT could come any more; no transaction with so late a deadline ever lost its record; and commits of
 * its kind always leave one, which a one-phase commit does not, nor one in which every branch was read-only. Otherwise
 * no record means that nothing is known.
 */
public final class OutcomeRule {
    private OutcomeRule() {}

    /** When a commit leaves no record. */
    public enum Unrecorded {
        /** Never, as far as this transaction goes: it is known that it was not committed read-only. */
        NEVER,
        /** If every branch voted READ_ONLY: nothing was to be decided, and nothing was changed. */
        IF_READ_ONLY,
        /** If a single branch was committed in one phase, too. */
        IF_ONE_PHASE
    }

    /**
     * Evidence, read in this order.
     *
     * @param fenced whether the transaction's epoch is over
     * @param record the decision record, as far as it can be read
     * @param everDeletedUpToMillis the latest deadline of any transaction of the shard whose record was ever deleted
     */
    public record Readings(boolean fenced, RecordRead record, long everDeletedUpToMillis, Unrecorded unrecorded) {}

    public static Outcome conclude(long deadlineEpochMillis, Readings read) {
        return read.record().accept(new Conclusion(deadlineEpochMillis, read));
    }

    private record Conclusion(long deadlineEpochMillis, Readings read) implements RecordRead.Handler<Outcome> {

        @Override
        public Outcome found(RecordRead.Found found) {
            return switch (found.record().decision()) {
                case COMMIT -> new Outcome.Committed();
                case ABORT -> new Outcome.RolledBack("it was rolled back past its time-out");
            };
        }

        @Override
        public Outcome unreadable(RecordRead.Unreadable unreadable) {
            return new Outcome.Unknown("something is decided, and it cannot be read: " + unreadable.why());
        }

        @Override
        public Outcome absent(RecordRead.Absent absent) {
            return withoutRecord(deadlineEpochMillis, read);
        }
    }

    private static Outcome withoutRecord(long deadlineEpochMillis, Readings read) {
        if (!read.fenced()) {
            return new Outcome.Unknown("nothing is decided yet, or its record was deleted after it had ended");
        }
        boolean mayBeDeleted = read.everDeletedUpToMillis() >= deadlineEpochMillis;
        return switch (read.unrecorded()) {
            case IF_ONE_PHASE -> lasting("its coordinator died, and a commit in one phase would have left no record");
            case IF_READ_ONLY ->
                lasting(
                        mayBeDeleted
                                ? "it ended so long ago that its record may have been deleted"
                                : "its coordinator died, and no commit of it is recorded: nothing was changed by it."
                                        + " It was rolled back; or it was committed, if all that it did was read");
            case NEVER ->
                mayBeDeleted
                        ? lasting("it ended so long ago that its record may have been deleted")
                        : new Outcome.RolledBack("its coordinator died before it decided");
        };
    }

    /** Under a fenced epoch no record comes any more. */
    private static Outcome lasting(String cause) {
        return new Outcome.Unknown(cause, true);
    }

    /**
     * The decided outcome, unless resources that decided by themselves contradict it, or may.
     *
     * <p>What is not known stays so, as whoever asks may ask again, and a branch that chose by itself may turn out to
     * have chosen what was decided. Only branches that contradict each other do so whatever was decided.
     *
     * @param own what branches of the transaction chose, as the ledger keeps it
     */
    public static Outcome withOwnDecisions(Outcome decided, List<HeuristicOutcome> own) {
        Optional<HeuristicOutcome> contradiction = contradiction(decided, own);
        if (contradiction.isPresent()) {
            return new Outcome.HeuristicMixed("a branch decided by itself: " + contradiction.get());
        }
        if (decided instanceof Outcome.Unknown unknown && !own.isEmpty()) {
            return new Outcome.Unknown(
                    unknown.cause() + "; a branch decided by itself: " + own.get(0), unknown.lasting());
        }
        return own.contains(HeuristicOutcome.HAZARD)
                ? new Outcome.HeuristicHazard("a branch may have decided by itself: " + HeuristicOutcome.HAZARD)
                : decided;
    }

    /** The first choice that is at odds with the decision, with another choice, or with itself. */
    private static Optional<HeuristicOutcome> contradiction(Outcome decided, List<HeuristicOutcome> own) {
        Optional<HeuristicOutcome> agreed = agreed(decided);
        for (HeuristicOutcome choice : own) {
            if (choice == HeuristicOutcome.HAZARD) {
                continue;
            }
            if (choice == HeuristicOutcome.MIXED || agreed.orElse(choice) != choice) {
                return Optional.of(choice);
            }
            agreed = Optional.of(choice);
        }
        return Optional.empty();
    }

    private static Optional<HeuristicOutcome> agreed(Outcome decided) {
        if (decided instanceof Outcome.Committed) {
            return Optional.of(HeuristicOutcome.COMMITTED);
        }
        return decided instanceof Outcome.RolledBack ? Optional.of(HeuristicOutcome.ROLLED_BACK) : Optional.empty();
    }
}
