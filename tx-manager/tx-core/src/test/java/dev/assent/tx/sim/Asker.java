package dev.assent.tx.sim;

import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.protocol.twophase.LoneBranch;
import dev.assent.tx.recovery.OutcomeRule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks the store how transactions ended, one reading at a time, and remembers every answer for the final check. */
final class Asker {
    private static final int READINGS = 3;

    private final Flaw flaw;
    private final SimStore store;
    private final LoneBranch loneBranch;
    private final List<Runnable> checks = new ArrayList<>();
    private @Nullable SimTransaction about;
    private boolean fenced;
    private RecordRead record = new RecordRead.Absent();
    private boolean recordRead;
    private boolean answeredInTime;

    Asker(Flaw flaw, SimStore store, LoneBranch loneBranch) {
        this.flaw = flaw;
        this.store = store;
        this.loneBranch = loneBranch;
    }

    /** The next reading; {@code next} is asked about when the last question is answered. */
    void step(SimTransaction next, long nowEpochMillis) {
        SimTransaction current = about;
        if (current == null) {
            about = next;
            fenced = flaw == Flaw.TELLS_ASKERS_BEFORE_FENCING || store.census().isFenced(EpochRef.of(next.id()));
        } else if (!recordRead) {
            record = store.read(current.id());
            recordRead = true;
        } else {
            OutcomeRule.Unrecorded unrecorded = unrecorded(current);
            Outcome told = OutcomeRule.conclude(
                    current.id().deadlineEpochMillis(),
                    new OutcomeRule.Readings(fenced, record, store.everDeletedUpToMillis(), unrecorded));
            checks.add(() -> current.audit().checkTold(told));
            requireAnswer(current.id(), unrecorded, told, nowEpochMillis);
            about = null;
            recordRead = false;
        }
    }

    /** What may have left no record, as far as somebody knows who has the transaction's first branch. */
    private OutcomeRule.Unrecorded unrecorded(SimTransaction transaction) {
        if (loneBranch == LoneBranch.ONE_PHASE) {
            return flaw == Flaw.FORGETS_ONE_PHASE_COMMITS
                    ? OutcomeRule.Unrecorded.NEVER
                    : OutcomeRule.Unrecorded.IF_ONE_PHASE;
        }
        return transaction.isFirstBranchNotReadOnly() || flaw == Flaw.FORGETS_READ_ONLY_COMMITS
                ? OutcomeRule.Unrecorded.NEVER
                : OutcomeRule.Unrecorded.IF_READ_ONLY;
    }

    /** All readings of one question in a row. */
    void askAtOnce(SimTransaction transaction, long nowEpochMillis) {
        for (int reading = 0; reading < READINGS; reading++) {
            step(transaction, nowEpochMillis);
        }
    }

    /**
     * A fenced transaction of a led shard is not unknown to anybody who asks within the time that records are kept, and
     * knows of a branch that was not read-only.
     */
    private void requireAnswer(GlobalTxId asked, OutcomeRule.Unrecorded unrecorded, Outcome told, long nowEpochMillis) {
        boolean inTime = !asked.isPastDeadline(nowEpochMillis - DecisionRecord.RETENTION_MILLIS);
        boolean isPromised = record instanceof RecordRead.Found || unrecorded == OutcomeRule.Unrecorded.NEVER;
        if (!fenced
                || !inTime
                || !isPromised
                || loneBranch == LoneBranch.ONE_PHASE
                || record instanceof RecordRead.Unreadable) {
            return;
        }
        if (told instanceof Outcome.Unknown unknown) {
            throw new Violation("an asker who came in time was told unknown: " + unknown.cause());
        }
        answeredInTime |= record instanceof RecordRead.Absent;
    }

    /** Whether somebody was told "rolled back" for want of a record, as early as that was promised. */
    boolean answeredInTime() {
        return answeredInTime;
    }

    void check() {
        checks.forEach(Runnable::run);
    }
}
