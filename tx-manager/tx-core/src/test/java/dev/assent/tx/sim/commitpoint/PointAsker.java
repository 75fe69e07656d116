package dev.assent.tx.sim.commitpoint;

import dev.assent.tx.model.Decision;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.PointLook;
import dev.assent.tx.recovery.PointOutcomeRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks the tables how transactions ended, and remembers every answer for the final check. */
final class PointAsker {
    private final PointFlaw flaw;
    private final SimEpochs epochs;
    private final List<Runnable> checks = new ArrayList<>();
    private boolean toldOfRollback;

    PointAsker(PointFlaw flaw, SimEpochs epochs) {
        this.flaw = flaw;
        this.epochs = epochs;
    }

    void ask(SimPoint about) {
        PointLook look = look(about);
        Outcome told = PointOutcomeRule.conclude(about.id().deadlineEpochMillis(), look);
        toldOfRollback |= told instanceof Outcome.RolledBack;
        checks.add(() -> about.audit().checkTold(told));
    }

    private PointLook look(SimPoint about) {
        SimDatabase table = about.pointDatabase();
        if (flaw == PointFlaw.ASKER_INSERTS) {
            Optional<Decision> unused = table.insertAbort(about.id());
        }
        PointLook look = table.look(about.id());
        if (flaw == PointFlaw.TELLS_ASKERS_WITHOUT_A_ROW && epochs.isFenced(about.id())) {
            return new PointLook(
                    Optional.of(look.row().orElse(Decision.ABORT)), look.takenUp(), look.everDeletedUpToMillis());
        }
        return flaw == PointFlaw.IGNORES_WHAT_WAS_DELETED
                ? new PointLook(look.row(), look.takenUp(), Long.MIN_VALUE)
                : look;
    }

    boolean toldOfRollback() {
        return toldOfRollback;
    }

    void check() {
        checks.forEach(Runnable::run);
    }
}
