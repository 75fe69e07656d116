package dev.assent.tx.sim;

import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.protocol.LoneBranch;
import dev.assent.tx.recovery.OutcomeRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks the store how transactions ended, one reading at a time, and remembers every answer for the final check. */
final class Asker {
    private final Flaw flaw;
    private final SimStore store;
    private final LoneBranch loneBranch;
    private final List<Runnable> checks = new ArrayList<>();
    private @Nullable SimTransaction about;
    private boolean fenced;
    private Optional<DecisionRecord> record = Optional.empty();
    private boolean recordRead;

    Asker(Flaw flaw, SimStore store, LoneBranch loneBranch) {
        this.flaw = flaw;
        this.store = store;
        this.loneBranch = loneBranch;
    }

    /** The next reading; {@code next} is asked about when the last question is answered. */
    void step(SimTransaction next) {
        SimTransaction current = about;
        if (current == null) {
            about = next;
            fenced = flaw == Flaw.TELLS_ASKERS_BEFORE_FENCING || store.census().isFenced(EpochRef.of(next.id()));
        } else if (!recordRead) {
            record = store.read(current.id());
            recordRead = true;
        } else {
            boolean mayCommitWithoutRecord =
                    loneBranch == LoneBranch.ONE_PHASE && flaw != Flaw.FORGETS_ONE_PHASE_COMMITS;
            Outcome told = OutcomeRule.conclude(
                    current.id().deadlineEpochMillis(),
                    new OutcomeRule.Readings(fenced, record, store.everDeletedUpToMillis(), mayCommitWithoutRecord));
            checks.add(() -> current.checkTold(told));
            about = null;
            recordRead = false;
        }
    }

    void check() {
        checks.forEach(Runnable::run);
    }
}
