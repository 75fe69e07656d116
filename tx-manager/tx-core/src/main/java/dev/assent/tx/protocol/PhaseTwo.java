package dev.assent.tx.protocol;

import dev.assent.invariants.Invariants;
import dev.assent.time.Backoff;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.HeuristicOutcome;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Phase 2 of every protocol: the branches are told what was decided, again and again, until each has ended; what one
 * did by itself is kept. Belongs to one protocol's machine, which says when it begins.
 */
public final class PhaseTwo {
    private static final String GONE = "its resource does not know the prepared branch any more, though nobody else was"
            + " to end it: it was ended by hand, or lost in a failover, and nobody knows how. Compare the resource's data"
            + " with that of the other branches, which ";

    private final Branches branches;
    private final Backoff backoff;
    private final Consumer<BranchCommand> commands;

    /** Until something is decided, ABORT is presumed. */
    private Decision decision = Decision.ABORT;

    /** Whoever decided may have ended branches as well. */
    private boolean decidedByOthers;

    public PhaseTwo(Branches branches, Backoff backoff, Consumer<BranchCommand> commands) {
        this.branches = branches;
        this.backoff = backoff;
        this.commands = commands;
    }

    /** COMMIT is decided for certain, and durable: tells the prepared branches. */
    public void commit() {
        decision = Decision.COMMIT;
        branches.prepared()
                .forEach(branch -> commands.accept(branches.get(branch).commit()));
    }

    /** Tells all branches but those that have left already; one that is busy preparing is told after its vote. */
    public void rollback() {
        branches.forEach(this::tellRollback);
    }

    /** Somebody else has decided, and may have ended branches too. */
    public void decidedByOthers() {
        decidedByOthers = true;
    }

    /** A vote came in after it was decided to roll back. */
    public void votedTooLate(int branch) {
        Invariants.check(decision == Decision.ABORT, "COMMIT is decided when all votes are in");
        tellRollback(branches.get(branch));
    }

    private void tellRollback(BranchProgress branch) {
        if (!branch.isPreparing() && !branch.hasEnded()) {
            commands.accept(branch.rollback());
        }
    }

    /** Nobody waits any longer for votes that are out. */
    public void cutShort() {
        branches.forEach(branch -> branch.cutShort().ifPresent(commands));
    }

    /** The pause before telling a branch again is over. */
    public void retryDue(int branch) {
        commands.accept(
                switch (decision) {
                    case COMMIT -> branches.get(branch).commit();
                    case ABORT -> branches.get(branch).rollback();
                });
    }

    /** A branch answered what it was told. */
    public void ended(int branch, Completion completion) {
        completion.accept(new Answers(branches.get(branch)));
    }

    public void absenceChecked(int branch, boolean endedByRecovery) {
        if (endedByRecovery) {
            branches.get(branch).end();
        } else {
            String others =
                    switch (decision) {
                        case COMMIT -> "committed";
                        case ABORT -> "rolled back";
                    };
            keep(branches.get(branch), new Completion.Heuristic(HeuristicOutcome.HAZARD, GONE + others));
        }
    }

    public void heuristicKept(int branch) {
        branches.get(branch).end();
    }

    /** A lone branch, told to commit in one phase, decided by itself. */
    public void decidedAlone(BranchProgress branch, Completion.Heuristic completion) {
        decision = Decision.COMMIT;
        keep(branch, completion);
    }

    private void keep(BranchProgress branch, Completion.Heuristic heuristic) {
        branch.decidedAlone(heuristic.outcome(), heuristic.cause());
        commands.accept(new BranchCommand.KeepHeuristic(branch.index(), heuristic.outcome(), heuristic.cause()));
    }

    /** What the answer to commit or rollback means, once the decision is certain; one method an answer. */
    private final class Answers implements Completion.Handler<BranchProgress> {
        private final BranchProgress branch;

        Answers(BranchProgress branch) {
            this.branch = branch;
        }

        @Override
        public BranchProgress done(Completion.Done completion) {
            return over();
        }

        /**
         * Somebody has ended it: an earlier telling whose answer was lost, recovery, or a hand. Who did the work is
         * asked first, since it may know how it ended. A telling that never left explains nothing; then whether
         * recovery was at work is looked into. A branch whose vote was lost may still be preparing.
         */
        @Override
        public BranchProgress notKnown(Completion.NotKnown completion) {
            Optional<BranchCommand> back = branch.askBack();
            if (back.isPresent()) {
                commands.accept(back.get());
                return branch;
            }
            if (branch.mayTurnUpAfterAbsence()) {
                return again();
            }
            if (!branch.votedYes() || branch.mayHaveObeyed() || decidedByOthers) {
                return over();
            }
            commands.accept(new BranchCommand.CheckAbsence(branch.index()));
            return branch;
        }

        private BranchProgress over() {
            branch.end();
            return branch;
        }

        @Override
        public BranchProgress retry(Completion.Retry completion) {
            branch.unanswered();
            return again();
        }

        @Override
        public BranchProgress unsent(Completion.Unsent completion) {
            return again();
        }

        /** Phase 2 has no such answer: whoever gives it has not understood what it was told. */
        @Override
        public BranchProgress needsPrepare(Completion.NeedsPrepare completion) {
            return again();
        }

        private BranchProgress again() {
            branch.retryLater();
            commands.accept(new BranchCommand.RetryLater(branch.index(), backoff.pauseMillis(branch.attempts())));
            return branch;
        }

        @Override
        public BranchProgress rolledBack(Completion.RolledBack completion) {
            return switch (decision) {
                case COMMIT -> heuristic(new Completion.Heuristic(HeuristicOutcome.ROLLED_BACK, completion.cause()));
                case ABORT -> over();
            };
        }

        @Override
        public BranchProgress heuristic(Completion.Heuristic completion) {
            keep(branch, completion);
            return branch;
        }
    }
}
