package dev.assent.tx.news;

import dev.assent.event.TransactionEvent;
import dev.assent.tx.model.Outcome;

/** How a transaction ended, as events name it. */
public final class OutcomeName implements Outcome.Handler<TransactionEvent.Outcome> {
    private static final OutcomeName NAME = new OutcomeName();

    private OutcomeName() {}

    public static TransactionEvent.Outcome of(Outcome outcome) {
        return outcome.accept(NAME);
    }

    @Override
    public TransactionEvent.Outcome committed(Outcome.Committed outcome) {
        return TransactionEvent.Outcome.COMMITTED;
    }

    @Override
    public TransactionEvent.Outcome rolledBack(Outcome.RolledBack outcome) {
        return TransactionEvent.Outcome.ROLLED_BACK;
    }

    @Override
    public TransactionEvent.Outcome heuristicMixed(Outcome.HeuristicMixed outcome) {
        return TransactionEvent.Outcome.HEURISTIC_MIXED;
    }

    @Override
    public TransactionEvent.Outcome heuristicRolledBack(Outcome.HeuristicRolledBack outcome) {
        return TransactionEvent.Outcome.HEURISTIC_ROLLED_BACK;
    }

    @Override
    public TransactionEvent.Outcome heuristicHazard(Outcome.HeuristicHazard outcome) {
        return TransactionEvent.Outcome.HEURISTIC_HAZARD;
    }

    @Override
    public TransactionEvent.Outcome unknown(Outcome.Unknown outcome) {
        return TransactionEvent.Outcome.UNKNOWN;
    }
}
