package dev.assent.tx.protocol;

import dev.assent.tx.model.CommitResult;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.Vote;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The coordinator's side of one transaction: presumed abort, with the decision in a replicated store.
 *
 * <p>No branch: nothing to do. One branch: one-phase commit, no record, if allowed. Otherwise: all prepare in
 * parallel; read-only voters drop out; if any is prepared, COMMIT is written before anyone is told; then all are
 * told, again and again.
 * Abort writes nothing. One thread at a time; the shell runs the commands of a step in any order.
 */
public final class TwoPhaseCommit {
    private static final int ONE_PHASE_ATTEMPTS_MAX = 3;

    /** Why a vote is a no; empty for a yes. */
    private static final Vote.Handler<Optional<String>> REFUSALS = new Vote.Handler<>() {
        @Override
        public Optional<String> prepared(Vote.Prepared vote) {
            return Optional.empty();
        }

        @Override
        public Optional<String> readOnly(Vote.ReadOnly vote) {
            return Optional.empty();
        }

        @Override
        public Optional<String> rollback(Vote.Rollback vote) {
            return Optional.of(vote.cause());
        }

        @Override
        public Optional<String> unconfirmed(Vote.Unconfirmed vote) {
            return Optional.of(vote.cause());
        }
    };

    private static final String GONE = "its resource does not know the prepared branch any more, though nobody else was"
            + " to end it: it was ended by hand, or lost in a failover, and nobody knows how. Compare the resource's data"
            + " with that of the other branches, which ";

    private enum Phase {
        WORKING,
        ONE_PHASE,
        ABANDONING,
        VOTING,
        DECIDING,
        COMMITTING,
        ABORTING,
        ENDED,
        IN_DOUBT
    }

    private final Backoff backoff;
    private final LoneBranch loneBranch;
    private final Branches branches;
    private final Steps steps = new Steps();
    private List<TwoPhaseCommand> commands = new ArrayList<>();
    private Phase phase = Phase.WORKING;
    private String cause = "";
    private boolean recordToRelease;
    /** Whoever decided may have ended branches as well. */
    private boolean decidedByOthers;

    private boolean expired;
    private boolean answered;
    private boolean learned;

    public TwoPhaseCommit(int branchCount, Backoff backoff, LoneBranch loneBranch) {
        this.backoff = backoff;
        this.loneBranch = loneBranch;
        this.branches = new Branches(branchCount);
    }

    /** Reacts to one input; an input that comes too late changes nothing. */
    public List<TwoPhaseCommand> step(TwoPhaseInput input) {
        input.accept(steps);
        invariants();
        List<TwoPhaseCommand> result = commands;
        commands = new ArrayList<>();
        return result;
    }

    /** Whether nothing is left to do in this process, so that no further input changes anything. */
    public boolean isFinished() {
        return phase == Phase.ENDED || phase == Phase.IN_DOUBT;
    }

    private void invariants() {
        Invariants.check(!isFinished() || answered, "an ended transaction has told its caller");
        Invariants.check(
                phase == Phase.COMMITTING || phase == Phase.ENDED || !branches.any(BranchProgress::toldToCommit),
                "no branch is told to commit before the decision is durable");
    }

    /** One method an input. */
    private final class Steps implements TwoPhaseInput.Handler {

        @Override
        public void commitAsked(TwoPhaseInput.CommitAsked input) {
            Invariants.check(phase == Phase.WORKING, "a transaction ends once");
            if (branches.count() == 0) {
                phase = end(new Outcome.Committed());
            } else if (branches.count() == 1 && loneBranch == LoneBranch.ONE_PHASE) {
                phase = Phase.ONE_PHASE;
                commands.add(branches.get(0).commitOnePhase());
            } else {
                phase = Phase.VOTING;
                branches.forEach(branch -> commands.add(branch.prepare()));
            }
        }

        @Override
        public void rollbackAsked(TwoPhaseInput.RollbackAsked input) {
            if (phase == Phase.WORKING || phase == Phase.VOTING) {
                abort(input.cause());
            }
        }

        @Override
        public void expired(TwoPhaseInput.Expired input) {
            if (phase == Phase.WORKING || phase == Phase.VOTING) {
                expired = true;
                abort(input.cause() + branches.silent());
            }
            if (phase == Phase.ABORTING) {
                expired = true;
                branches.forEach(branch -> branch.cutShort().ifPresent(commands::add));
                answerAbortIfTold();
            }
        }

        @Override
        public void voted(TwoPhaseInput.Voted input) {
            BranchProgress branch = branches.get(input.branch());
            branch.voted(input.vote());
            if (phase == Phase.ABORTING) {
                tellRollback(branch);
                answerAbortIfTold();
                return;
            }
            Optional<String> refusal = input.vote().accept(REFUSALS);
            if (refusal.isPresent()) {
                abort(refusal.get());
            } else if (branches.all(BranchProgress::hasVoted)) {
                decide();
            }
        }

        @Override
        public void decided(TwoPhaseInput.Decided input) {
            Invariants.check(phase == Phase.DECIDING, "a decision answers a decision write");
            phase = input.result().accept(new Decisions());
        }

        @Override
        public void ended(TwoPhaseInput.Ended input) {
            BranchProgress branch = branches.get(input.branch());
            if (phase == Phase.ONE_PHASE) {
                phase = input.completion().accept(new OnePhase(branch));
            } else if (phase == Phase.ABANDONING) {
                endedAbandoned(input.completion());
            } else if (phase == Phase.COMMITTING || phase == Phase.ABORTING) {
                phase = input.completion().accept(new PhaseTwo(branch));
            }
        }

        @Override
        public void retryDue(TwoPhaseInput.RetryDue input) {
            BranchProgress branch = branches.get(input.branch());
            if (phase == Phase.ONE_PHASE) {
                commands.add(branch.commitOnePhase());
            } else if (phase == Phase.COMMITTING) {
                commands.add(branch.commit());
            } else if (phase == Phase.ABORTING) {
                commands.add(branch.rollback());
            }
        }

        @Override
        public void absenceChecked(TwoPhaseInput.AbsenceChecked input) {
            BranchProgress branch = branches.get(input.branch());
            if (input.endedByRecovery()) {
                over(branch);
            } else {
                String others = phase == Phase.COMMITTING ? "committed" : "rolled back";
                keep(branch, new Completion.Heuristic(HeuristicOutcome.HAZARD, GONE + others));
            }
        }

        @Override
        public void heuristicKept(TwoPhaseInput.HeuristicKept input) {
            over(branches.get(input.branch()));
        }

        @Override
        public void waitedEnough(TwoPhaseInput.WaitedEnough input) {
            Outcome known =
                    switch (phase) {
                        case COMMITTING, ENDED -> branches.outcome(new Outcome.Committed());
                        case ABORTING -> branches.outcome(new Outcome.RolledBack(cause));
                        case WORKING, VOTING -> new Outcome.Unknown("the branches have not all voted yet");
                        case ONE_PHASE -> new Outcome.Unknown("the only branch has not answered its commit yet");
                        case DECIDING -> new Outcome.Unknown("the store has not confirmed the decision yet");
                        case IN_DOUBT, ABANDONING -> new Outcome.Unknown(cause);
                    };
            answer(known);
        }
    }

    /** One method a result of the decision write. */
    private final class Decisions implements CommitResult.Handler<Phase> {

        @Override
        public Phase written(CommitResult.Written result) {
            phase = Phase.COMMITTING;
            recordToRelease = true;
            branches.prepared()
                    .forEach(branch -> commands.add(branches.get(branch).commit()));
            return phase;
        }

        @Override
        public Phase aborted(CommitResult.Aborted result) {
            recordToRelease = true;
            decidedByOthers = true;
            return abort("somebody decided to roll back first, as the transaction was past its time-out");
        }

        @Override
        public Phase fenced(CommitResult.Fenced result) {
            return abort("this coordinator was taken for dead and replaced before the decision; try again");
        }

        @Override
        public Phase refused(CommitResult.Refused result) {
            return abort("the store refused the decision: " + result.cause());
        }

        @Override
        public Phase unknown(CommitResult.Unknown result) {
            phase = Phase.IN_DOUBT; // the branches stay prepared: recovery ends them by the record, or by its absence
            cause = result.cause();
            finish(new Outcome.Unknown(cause));
            return phase;
        }
    }

    private void decide() {
        List<Integer> prepared = branches.prepared();
        if (prepared.isEmpty()) {
            phase = end(new Outcome.Committed());
        } else {
            phase = Phase.DECIDING;
            commands.add(new TwoPhaseCommand.WriteDecision(prepared));
        }
    }

    private Phase abort(String why) {
        phase = Phase.ABORTING;
        cause = why;
        branches.forEach(this::tellRollback);
        answerAbortIfTold();
        return phase;
    }

    /** A branch that is busy preparing is told when its vote is in; read-only ones have left already. */
    private void tellRollback(BranchProgress branch) {
        if (branch.isPreparing() || branch.hasEnded()) {
            return;
        }
        commands.add(branch.rollback());
    }

    /** What the answer to a one-phase commit means, of which there is no record. */
    private final class OnePhase implements Completion.Handler<Phase> {
        private final BranchProgress branch;

        OnePhase(BranchProgress branch) {
            this.branch = branch;
        }

        @Override
        public Phase done(Completion.Done completion) {
            return end(new Outcome.Committed());
        }

        @Override
        public Phase rolledBack(Completion.RolledBack completion) {
            return end(new Outcome.RolledBack(completion.cause()));
        }

        @Override
        public Phase notKnown(Completion.NotKnown completion) {
            return branch.mayHaveObeyed()
                    ? abandon(branch, cause)
                    : end(new Outcome.RolledBack("the resource no longer knows the branch: it has rolled it back"));
        }

        @Override
        public Phase retry(Completion.Retry completion) {
            branch.unanswered();
            return again(completion.cause());
        }

        @Override
        public Phase unsent(Completion.Unsent completion) {
            return again(completion.cause());
        }

        private Phase again(String why) {
            if (branch.attempts() < ONE_PHASE_ATTEMPTS_MAX) {
                cause = why;
                commands.add(new TwoPhaseCommand.RetryLater(branch.index(), backoff.pauseMillis(branch.attempts())));
                return phase;
            }
            return branch.mayHaveObeyed()
                    ? abandon(branch, why)
                    : abort("the only branch could not be told to commit: " + why);
        }

        /** From here on it is decided like any other transaction, with a record. */
        @Override
        public Phase needsPrepare(Completion.NeedsPrepare completion) {
            if (branch.mayHaveObeyed()) {
                return abandon(branch, cause);
            }
            commands.add(branch.prepare());
            return Phase.VOTING;
        }

        @Override
        public Phase heuristic(Completion.Heuristic completion) {
            keep(branch, completion);
            return Phase.COMMITTING;
        }
    }

    /** Nothing is known, so the caller is told that; a branch that is still there is not left with its locks. */
    private Phase abandon(BranchProgress branch, String last) {
        cause = "the only branch did not confirm its one-phase commit: " + last;
        answer(new Outcome.Unknown(cause));
        commands.add(branch.abandon());
        return Phase.ABANDONING;
    }

    /** Only a branch that rolls back as it is told was there; anything else may as well have committed before. */
    private void endedAbandoned(Completion completion) {
        if (completion instanceof Completion.Done) {
            phase = end(new Outcome.RolledBack(cause));
        } else if (completion instanceof Completion.Heuristic alone && alone.outcome() == HeuristicOutcome.COMMITTED) {
            phase = end(new Outcome.Committed()); // as it was told at first
        } else {
            phase = end(new Outcome.Unknown(cause));
        }
    }

    private void over(BranchProgress branch) {
        branch.end();
        answerAbortIfTold();
        endIfAllEnded();
    }

    /** What the answer to commit or rollback means, once the decision is certain. */
    private final class PhaseTwo implements Completion.Handler<Phase> {
        private final BranchProgress branch;

        PhaseTwo(BranchProgress branch) {
            this.branch = branch;
        }

        @Override
        public Phase done(Completion.Done completion) {
            return ended();
        }

        /**
         * Somebody has ended it: an earlier telling whose answer was lost, recovery, or a hand. Who did the work is
         * asked first, since it may know how it ended. A telling that never left explains nothing; then whether
         * recovery was at work is looked into. A branch whose vote was lost may still be preparing.
         */
        @Override
        public Phase notKnown(Completion.NotKnown completion) {
            Optional<TwoPhaseCommand> back = branch.askBack();
            if (back.isPresent()) {
                commands.add(back.get());
                return phase;
            }
            if (branch.mayTurnUpAfterAbsence()) {
                return again();
            }
            if (!branch.votedYes() || branch.mayHaveObeyed() || decidedByOthers) {
                return ended();
            }
            commands.add(new TwoPhaseCommand.CheckAbsence(branch.index()));
            return phase;
        }

        private Phase ended() {
            over(branch);
            return phase;
        }

        @Override
        public Phase retry(Completion.Retry completion) {
            branch.unanswered();
            return again();
        }

        @Override
        public Phase unsent(Completion.Unsent completion) {
            return again();
        }

        /** Phase 2 has no such answer: whoever gives it has not understood what it was told. */
        @Override
        public Phase needsPrepare(Completion.NeedsPrepare completion) {
            return again();
        }

        private Phase again() {
            branch.retryLater();
            commands.add(new TwoPhaseCommand.RetryLater(branch.index(), backoff.pauseMillis(branch.attempts())));
            answerAbortIfTold();
            return phase;
        }

        @Override
        public Phase rolledBack(Completion.RolledBack completion) {
            return phase == Phase.COMMITTING
                    ? heuristic(new Completion.Heuristic(HeuristicOutcome.ROLLED_BACK, completion.cause()))
                    : ended();
        }

        @Override
        public Phase heuristic(Completion.Heuristic completion) {
            keep(branch, completion);
            return phase;
        }
    }

    private void keep(BranchProgress branch, Completion.Heuristic heuristic) {
        branch.decidedAlone(heuristic.outcome(), heuristic.cause());
        commands.add(new TwoPhaseCommand.KeepHeuristic(branch.index(), heuristic.outcome(), heuristic.cause()));
    }

    /**
     * Abort needs no branch's consent: one round of telling is enough to answer, the rest goes on behind. After the
     * deadline a branch that still hangs in prepare is not waited for; it is told when its vote is in.
     */
    private void answerAbortIfTold() {
        if (phase == Phase.ABORTING
                && branches.all(branch -> branch.hasAnsweredPhaseTwo() || (expired && branch.isPreparing()))) {
            answer(branches.outcome(new Outcome.RolledBack(cause)));
            learn(branches.outcome(new Outcome.RolledBack(cause)));
            endIfAllEnded();
        }
    }

    private void endIfAllEnded() {
        if (isFinished() || !branches.all(BranchProgress::hasEnded)) {
            return;
        }
        Outcome plain = phase == Phase.COMMITTING ? new Outcome.Committed() : new Outcome.RolledBack(cause);
        if (recordToRelease) {
            commands.add(new TwoPhaseCommand.ReleaseRecord());
        }
        phase = end(branches.outcome(plain));
    }

    private Phase end(Outcome outcome) {
        phase = Phase.ENDED;
        finish(outcome);
        return phase;
    }

    private void finish(Outcome outcome) {
        answer(outcome);
        learn(outcome);
        commands.add(new TwoPhaseCommand.Finish());
    }

    private void answer(Outcome outcome) {
        if (!answered) {
            answered = true;
            commands.add(new TwoPhaseCommand.Answer(outcome));
        }
    }

    private void learn(Outcome outcome) {
        if (!learned) {
            learned = true;
            commands.add(new TwoPhaseCommand.Learned(outcome));
        }
    }
}
