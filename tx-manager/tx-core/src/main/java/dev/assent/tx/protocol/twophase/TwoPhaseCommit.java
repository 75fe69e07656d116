package dev.assent.tx.protocol.twophase;

import dev.assent.invariants.Invariants;
import dev.assent.time.Backoff;
import dev.assent.tx.model.CommitResult;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.protocol.BranchInput;
import dev.assent.tx.protocol.BranchProgress;
import dev.assent.tx.protocol.Branches;
import dev.assent.tx.protocol.CommitProtocol;
import dev.assent.tx.protocol.Message;
import dev.assent.tx.protocol.OnePhase;
import dev.assent.tx.protocol.OutcomeTelling;
import dev.assent.tx.protocol.PhaseTwo;
import dev.assent.tx.protocol.TransactionInput;
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
public final class TwoPhaseCommit implements CommitProtocol<TwoPhaseInput.Handler, TwoPhaseCommand.Handler> {

    private enum Phase {
        WORKING,
        ONE_PHASE,
        VOTING,
        DECIDING,
        COMMITTING,
        ABORTING,
        ENDED,
        IN_DOUBT
    }

    private final LoneBranch loneBranch;
    private final Branches branches;
    private final OutcomeTelling telling;
    private final PhaseTwo phaseTwo;
    private final OnePhase onePhase;
    private final Steps steps = new Steps();
    private List<Message<? super TwoPhaseCommand.Handler>> commands = new ArrayList<>();
    private Phase phase = Phase.WORKING;
    private String cause = "";
    private boolean recordToRelease;
    private boolean expired;

    public TwoPhaseCommit(int branchCount, Backoff backoff, LoneBranch loneBranch) {
        this.loneBranch = loneBranch;
        this.branches = new Branches(branchCount);
        this.telling = new OutcomeTelling(command -> commands.add(command));
        this.onePhase = new OnePhase(branches, backoff, command -> commands.add(command), telling);
        this.phaseTwo = new PhaseTwo(branches, backoff, command -> commands.add(command));
    }

    @Override
    public List<Message<? super TwoPhaseCommand.Handler>> step(Message<? super TwoPhaseInput.Handler> input) {
        input.accept(steps);
        invariants();
        List<Message<? super TwoPhaseCommand.Handler>> result = commands;
        commands = new ArrayList<>();
        return result;
    }

    @Override
    public boolean isFinished() {
        return phase == Phase.ENDED || phase == Phase.IN_DOUBT;
    }

    private void invariants() {
        Invariants.check(!isFinished() || telling.hasAnswered(), "an ended transaction has told its caller");
        Invariants.check(
                phase == Phase.COMMITTING || phase == Phase.ENDED || !branches.any(BranchProgress::toldToCommit),
                "no branch is told to commit before the decision is durable");
    }

    /** One method an input. */
    private final class Steps implements TwoPhaseInput.Handler {

        @Override
        public void commitAsked(TransactionInput.CommitAsked input) {
            Invariants.check(phase == Phase.WORKING, "a transaction ends once");
            if (branches.count() == 0) {
                phase = end(new Outcome.Committed());
            } else if (branches.count() == 1 && loneBranch == LoneBranch.ONE_PHASE) {
                phase = Phase.ONE_PHASE;
                onePhase.tell();
            } else {
                phase = Phase.VOTING;
                branches.forEach(branch -> commands.add(branch.prepare()));
            }
        }

        @Override
        public void rollbackAsked(TransactionInput.RollbackAsked input) {
            if (phase == Phase.WORKING || phase == Phase.VOTING) {
                phase = abort(input.cause());
            }
        }

        @Override
        public void expired(TransactionInput.Expired input) {
            if (phase == Phase.WORKING || phase == Phase.VOTING) {
                expired = true;
                phase = abort(input.cause() + branches.silent());
            }
            if (phase == Phase.ABORTING) {
                expired = true;
                phaseTwo.cutShort();
                phase = settled(phase);
            }
        }

        @Override
        public void voted(BranchInput.Voted input) {
            Optional<String> refusal = branches.get(input.branch()).voted(input.vote());
            if (phase == Phase.ABORTING) {
                phaseTwo.votedTooLate(input.branch());
                phase = settled(phase);
            } else if (refusal.isPresent()) {
                phase = abort(refusal.get());
            } else if (branches.all(BranchProgress::hasVoted)) {
                phase = decide();
            }
        }

        @Override
        public void decided(TwoPhaseInput.Decided input) {
            Invariants.check(phase == Phase.DECIDING, "a decision answers a decision write");
            phase = input.result().accept(new Decisions());
        }

        @Override
        public void ended(BranchInput.Ended input) {
            if (phase == Phase.ONE_PHASE) {
                phase = next(onePhase.ended(input.completion()), input);
            } else if (isTelling()) {
                phaseTwo.ended(input.branch(), input.completion());
                phase = settled(phase);
            }
        }

        @Override
        public void retryDue(BranchInput.RetryDue input) {
            if (phase == Phase.ONE_PHASE) {
                onePhase.tell();
            } else if (isTelling()) {
                phaseTwo.retryDue(input.branch());
            }
        }

        @Override
        public void absenceChecked(BranchInput.AbsenceChecked input) {
            if (isTelling()) {
                phaseTwo.absenceChecked(input.branch(), input.endedByRecovery());
                phase = settled(phase);
            }
        }

        @Override
        public void heuristicKept(BranchInput.HeuristicKept input) {
            if (isTelling()) {
                phaseTwo.heuristicKept(input.branch());
                phase = settled(phase);
            }
        }

        @Override
        public void waitedEnough(TransactionInput.WaitedEnough input) {
            Outcome known =
                    switch (phase) {
                        case COMMITTING, ENDED -> branches.outcome(new Outcome.Committed());
                        case ABORTING -> branches.outcome(new Outcome.RolledBack(cause));
                        case WORKING, VOTING -> new Outcome.Unknown("the branches have not all voted yet");
                        case ONE_PHASE -> onePhase.outcome();
                        case DECIDING -> new Outcome.Unknown("the store has not confirmed the decision yet");
                        case IN_DOUBT -> new Outcome.Unknown(cause);
                    };
            telling.answer(known);
        }
    }

    private boolean isTelling() {
        return phase == Phase.COMMITTING || phase == Phase.ABORTING;
    }

    private Phase next(OnePhase.Stage stage, BranchInput.Ended answer) {
        return switch (stage) {
            case UNDER_WAY -> Phase.ONE_PHASE;
            case OVER -> end(onePhase.outcome());
            case NOT_TOLD -> abort(onePhase.cause());
            case NEEDS_PREPARE -> {
                commands.add(branches.get(answer.branch()).prepare());
                yield Phase.VOTING;
            }
            case DECIDED_ALONE -> {
                phaseTwo.decidedAlone(branches.get(answer.branch()), (Completion.Heuristic) answer.completion());
                yield Phase.COMMITTING;
            }
        };
    }

    private Phase decide() {
        List<Integer> prepared = branches.prepared();
        if (prepared.isEmpty()) {
            return end(new Outcome.Committed());
        }
        commands.add(new TwoPhaseCommand.WriteDecision(prepared));
        return Phase.DECIDING;
    }

    /** One method a result of the decision write. */
    private final class Decisions implements CommitResult.Handler<Phase> {

        @Override
        public Phase written(CommitResult.Written result) {
            recordToRelease = true;
            phaseTwo.commit();
            return Phase.COMMITTING;
        }

        @Override
        public Phase aborted(CommitResult.Aborted result) {
            recordToRelease = true;
            phaseTwo.decidedByOthers();
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
            cause = result.cause();
            telling.finish(new Outcome.Unknown(cause));
            return Phase.IN_DOUBT; // the branches stay prepared: recovery ends them by the record, or by its absence
        }
    }

    private Phase abort(String why) {
        cause = why;
        phaseTwo.rollback();
        return settled(Phase.ABORTING);
    }

    /**
     * What the branches' answers come to. Abort needs no branch's consent: one round of telling is enough to answer,
     * the rest goes on behind. After the deadline a branch that still hangs in prepare is not waited for; it is told
     * when its vote is in.
     */
    private Phase settled(Phase current) {
        boolean isToldToAll = current == Phase.ABORTING && branches.all(this::needNotBeWaitedFor);
        boolean isOver = branches.all(BranchProgress::hasEnded);
        if (!isToldToAll && !isOver) {
            return current;
        }
        Outcome outcome =
                branches.outcome(current == Phase.COMMITTING ? new Outcome.Committed() : new Outcome.RolledBack(cause));
        if (isToldToAll) {
            telling.answer(outcome);
            telling.learn(outcome);
        }
        if (!isOver) {
            return current;
        }
        if (recordToRelease) {
            commands.add(new TwoPhaseCommand.ReleaseRecord());
        }
        return end(outcome);
    }

    private boolean needNotBeWaitedFor(BranchProgress branch) {
        return branch.hasAnsweredPhaseTwo() || (expired && branch.isPreparing());
    }

    private Phase end(Outcome outcome) {
        telling.finish(outcome);
        return Phase.ENDED;
    }
}
