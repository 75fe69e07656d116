package dev.assent.tx.protocol;

import dev.assent.time.Backoff;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Outcome;
import java.util.function.Consumer;

/**
 * Commit of an only branch in one phase, of which there is no record: what its answers mean. A branch that may have
 * committed, and does not say so, makes the outcome unknown, and is told to roll back, so that it keeps no locks.
 * Belongs to one protocol's machine.
 */
public final class OnePhase {
    private static final int ATTEMPTS_MAX = 3;

    /** How far it has come. */
    public enum Stage {
        /** An answer is waited for, or a pause. */
        UNDER_WAY,
        /** It is over; {@link #outcome} is the truth. */
        OVER,
        /** The branch has done nothing, and has to be prepared, and decided like any other. */
        NEEDS_PREPARE,
        /** The branch has done nothing, and could not be told: it is to be rolled back, for {@link #cause}. */
        NOT_TOLD,
        /** The branch decided by itself, as the completion says that was given. */
        DECIDED_ALONE
    }

    private static final Outcome NOT_ANSWERED = new Outcome.Unknown("the only branch has not answered its commit yet");

    private final Branches branches;
    private final int only;
    private final Backoff backoff;
    private final Consumer<BranchCommand> commands;
    private final OutcomeTelling telling;
    private String cause = "";
    private boolean abandoned;
    private Outcome outcome = NOT_ANSWERED;

    /** One for the first of {@code branches}. */
    public OnePhase(Branches branches, Backoff backoff, Consumer<BranchCommand> commands, OutcomeTelling telling) {
        this(branches, 0, backoff, commands, telling);
    }

    /** One for a branch that is the only one left. */
    public OnePhase(
            Branches branches, int only, Backoff backoff, Consumer<BranchCommand> commands, OutcomeTelling telling) {
        this.branches = branches;
        this.only = only;
        this.backoff = backoff;
        this.commands = commands;
        this.telling = telling;
    }

    private BranchProgress branch() {
        return branches.get(only);
    }

    /** Tells the branch to commit, for the first time or after a pause. */
    public void tell() {
        if (!abandoned) {
            commands.accept(branch().commitOnePhase());
        }
    }

    /** The branch answered. */
    public Stage ended(Completion completion) {
        return abandoned ? endedAbandoned(completion) : completion.accept(new Answers());
    }

    /** What is known at the moment; once it is over, how it ended. */
    public Outcome outcome() {
        return outcome;
    }

    public String cause() {
        return cause;
    }

    /** One method an answer. */
    private final class Answers implements Completion.Handler<Stage> {

        @Override
        public Stage done(Completion.Done completion) {
            return over(new Outcome.Committed());
        }

        @Override
        public Stage rolledBack(Completion.RolledBack completion) {
            return over(new Outcome.RolledBack(completion.cause()));
        }

        @Override
        public Stage notKnown(Completion.NotKnown completion) {
            return branch().mayHaveObeyed()
                    ? abandon(cause)
                    : over(new Outcome.RolledBack("the resource no longer knows the branch: it has rolled it back"));
        }

        @Override
        public Stage retry(Completion.Retry completion) {
            branch().unanswered();
            return again(completion.cause());
        }

        @Override
        public Stage unsent(Completion.Unsent completion) {
            return again(completion.cause());
        }

        @Override
        public Stage needsPrepare(Completion.NeedsPrepare completion) {
            return branch().mayHaveObeyed() ? abandon(cause) : Stage.NEEDS_PREPARE;
        }

        @Override
        public Stage heuristic(Completion.Heuristic completion) {
            return Stage.DECIDED_ALONE;
        }
    }

    private Stage again(String why) {
        if (branch().attempts() < ATTEMPTS_MAX) {
            cause = why;
            commands.accept(new BranchCommand.RetryLater(branch().index(), backoff.pauseMillis(branch().attempts())));
            return Stage.UNDER_WAY;
        }
        if (branch().mayHaveObeyed()) {
            return abandon(why);
        }
        cause = "the only branch could not be told to commit: " + why;
        return Stage.NOT_TOLD;
    }

    /** Nothing is known, so the caller is told that; a branch that is still there is not left with its locks. */
    private Stage abandon(String last) {
        abandoned = true;
        cause = "the only branch did not confirm its one-phase commit: " + last;
        outcome = new Outcome.Unknown(cause);
        telling.answer(outcome);
        commands.accept(branch().abandon());
        return Stage.UNDER_WAY;
    }

    /** Only a branch that rolls back as it is told was there; anything else may as well have committed before. */
    private Stage endedAbandoned(Completion completion) {
        if (completion instanceof Completion.Done) {
            return over(new Outcome.RolledBack(cause));
        }
        boolean isCommitted =
                completion instanceof Completion.Heuristic alone && alone.outcome() == HeuristicOutcome.COMMITTED;
        return over(isCommitted ? new Outcome.Committed() : outcome); // committed as it was told at first
    }

    private Stage over(Outcome how) {
        outcome = how;
        return Stage.OVER;
    }
}
