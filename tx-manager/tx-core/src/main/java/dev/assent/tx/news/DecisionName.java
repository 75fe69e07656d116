package dev.assent.tx.news;

import dev.assent.event.TransactionEvent.Decision;
import dev.assent.tx.model.CommitResult;
import dev.assent.tx.model.PointAnswer;

/** What was decided, by what came of the attempt to decide COMMIT: for events. */
public final class DecisionName implements CommitResult.Handler<Decision>, PointAnswer.Handler<Decision> {
    public static final DecisionName OF = new DecisionName();

    private DecisionName() {}

    @Override
    public Decision written(CommitResult.Written result) {
        return Decision.COMMIT;
    }

    @Override
    public Decision aborted(CommitResult.Aborted result) {
        return Decision.ABORT;
    }

    /** COMMIT was not decided and never can be. */
    @Override
    public Decision fenced(CommitResult.Fenced result) {
        return Decision.ABORT;
    }

    @Override
    public Decision refused(CommitResult.Refused result) {
        return Decision.ABORT;
    }

    @Override
    public Decision unknown(CommitResult.Unknown result) {
        return Decision.UNKNOWN;
    }

    @Override
    public Decision committed(PointAnswer.Committed answer) {
        return Decision.COMMIT;
    }

    @Override
    public Decision aborted(PointAnswer.Aborted answer) {
        return Decision.ABORT;
    }

    @Override
    public Decision refused(PointAnswer.Refused answer) {
        return Decision.ABORT;
    }

    @Override
    public Decision lost(PointAnswer.Lost answer) {
        return Decision.UNKNOWN;
    }
}
