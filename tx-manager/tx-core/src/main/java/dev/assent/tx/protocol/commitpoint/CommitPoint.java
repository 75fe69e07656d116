package dev.assent.tx.protocol.commitpoint;

import dev.assent.invariants.Invariants;
import dev.assent.time.Backoff;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.PointAnswer;
import dev.assent.tx.model.PointReadiness;
import dev.assent.tx.protocol.BranchCommand;
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
import java.util.OptionalInt;

/**
 * The coordinator's side of one transaction whose commit point is one of its branches.
 *
 * <p>First that branch's transaction gets an id, so that it is older than anything prepared. Then all others are
 * prepared, in parallel. Then it commits together with its row: that is the decision. Then the others are told. A lone
 * writer commits in one phase, without a row. An answer of the commit point that is lost is found out as anybody else
 * would: by inserting ABORT, and obeying what is there. One thread at a time; the shell runs the commands of a step in
 * any order.
 */
public final class CommitPoint implements CommitProtocol<CommitPointInput.Handler, CommitPointCommand.Handler> {
    private static final int NOBODY = -1;

    private enum Phase {
        WORKING,
        READYING,
        ONE_PHASE,
        VOTING,
        DECIDING,
        /** The commit point's answer was lost: which row is there? */
        FINDING_OUT,
        /** ABORT is there: could it have come after a COMMIT that was obeyed and deleted? */
        LOOKING_AT_THE_EPOCH,
        COMMITTING,
        ABORTING,
        ENDED,
        IN_DOUBT
    }

    private final Branches branches;
    private final int point;
    private final Backoff backoff;
    private final OutcomeTelling telling;
    private final PhaseTwo phaseTwo;
    private final Steps steps = new Steps();
    private List<Message<? super CommitPointCommand.Handler>> commands = new ArrayList<>();
    private Phase phase = Phase.WORKING;
    private OnePhase onePhase;
    private int lone = NOBODY;
    private int asked;
    private String cause = "";
    private boolean expired;

    /**
     * One that begins to end with {@link TransactionInput.CommitAsked} or {@link TransactionInput.RollbackAsked}.
     *
     * @param point the branch that decides; empty if the resource that was named took no part
     */
    public CommitPoint(int branchCount, OptionalInt point, Backoff backoff) {
        this.branches = new Branches(branchCount);
        this.point = point.orElse(NOBODY);
        this.backoff = backoff;
        this.telling = new OutcomeTelling(this::command);
        this.phaseTwo = new PhaseTwo(branches, backoff, this::command);
        this.onePhase = new OnePhase(branches, backoff, this::command, telling);
    }

    private void command(Message<? super CommitPointCommand.Handler> command) {
        commands.add(command);
    }

    @Override
    public List<Message<? super CommitPointCommand.Handler>> step(Message<? super CommitPointInput.Handler> input) {
        input.accept(steps);
        invariants();
        List<Message<? super CommitPointCommand.Handler>> result = commands;
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
                "no branch is told to commit before the commit point has committed");
    }

    /** One method an input. */
    private final class Steps implements CommitPointInput.Handler {

        @Override
        public void commitAsked(TransactionInput.CommitAsked input) {
            Invariants.check(phase == Phase.WORKING, "a transaction ends once");
            if (branches.count() == 0) {
                phase = end(new Outcome.Committed());
            } else if (branches.count() == 1) {
                phase = commitAlone(0);
            } else if (point == NOBODY) {
                phase = abort("no branch of the resource that was to decide took part, so nobody can");
            } else {
                phase = Phase.READYING;
                branches.get(point).ask();
                command(new CommitPointCommand.ReadyPoint(point, branches.count() > 2));
            }
        }

        @Override
        public void pointReady(CommitPointInput.PointReady input) {
            branches.get(point).hasAnswered();
            if (phase == Phase.READYING) {
                phase = input.readiness().accept(new Readiness());
            } else if (phase == Phase.ABORTING) {
                phaseTwo.votedTooLate(point);
                phase = settled(phase);
            }
        }

        @Override
        public void rollbackAsked(TransactionInput.RollbackAsked input) {
            if (isUndecided()) {
                phase = abort(input.cause());
            }
        }

        @Override
        public void expired(TransactionInput.Expired input) {
            if (isUndecided()) {
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
            } else if (phase == Phase.READYING) {
                phase = pointLeft();
            } else if (branches.all(branch -> branch.index() == point || branch.hasVoted())) {
                phase = decide();
            }
        }

        @Override
        public void pointAnswered(CommitPointInput.PointAnswered input) {
            Invariants.check(phase == Phase.DECIDING, "the commit point answers its commit");
            phase = input.answer().accept(new Answers());
        }

        @Override
        public void rowFound(CommitPointInput.RowFound input) {
            Invariants.check(phase == Phase.FINDING_OUT, "a row is looked for when the answer was lost");
            asked = 0;
            phase = switch (input.decision()) {
                case COMMIT -> committed();
                case ABORT -> {
                    command(new CommitPointCommand.LookAtEpoch());
                    yield Phase.LOOKING_AT_THE_EPOCH;
                }
            };
        }

        /**
         * In an epoch that goes on nobody but this coordinator deletes COMMIT, so ABORT is the decision. In a fenced one
         * recovery may have obeyed COMMIT and deleted it, before somebody who was late inserted ABORT.
         */
        @Override
        public void epochLooked(CommitPointInput.EpochLooked input) {
            Invariants.check(phase == Phase.LOOKING_AT_THE_EPOCH, "the epoch is looked at after ABORT was found");
            phaseTwo.decidedByOthers();
            phase = input.fenced()
                    ? leave("this coordinator was taken for dead and replaced while its commit was on the way (" + cause
                            + "); ask for the outcome later")
                    : abort("its commit point did not confirm its commit, and did not commit: " + cause);
        }

        @Override
        public void notTold(CommitPointInput.NotTold input) {
            asked++;
            command(new BranchCommand.RetryLater(point, backoff.pauseMillis(asked)));
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
            switch (phase) {
                case ONE_PHASE -> onePhase.tell();
                case FINDING_OUT -> command(new CommitPointCommand.InsertAbort());
                case LOOKING_AT_THE_EPOCH -> command(new CommitPointCommand.LookAtEpoch());
                case COMMITTING, ABORTING -> phaseTwo.retryDue(input.branch());
                case WORKING, READYING, VOTING, DECIDING, ENDED, IN_DOUBT -> {}
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
                        case WORKING, READYING, VOTING -> new Outcome.Unknown("the branches have not all voted yet");
                        case ONE_PHASE -> onePhase.outcome();
                        case DECIDING, FINDING_OUT, LOOKING_AT_THE_EPOCH ->
                            new Outcome.Unknown("the commit point has not confirmed the decision yet");
                        case IN_DOUBT -> new Outcome.Unknown(cause);
                    };
            telling.answer(known);
        }
    }

    private boolean isUndecided() {
        return phase == Phase.WORKING || phase == Phase.READYING || phase == Phase.VOTING;
    }

    private boolean isTelling() {
        return phase == Phase.COMMITTING || phase == Phase.ABORTING;
    }

    /** One method an answer of the commit point before anything is prepared. */
    private final class Readiness implements PointReadiness.Handler<Phase> {

        @Override
        public Phase assigned(PointReadiness.Assigned readiness) {
            branches.forEach(branch -> {
                if (branch.index() != point) {
                    command(branch.prepare());
                }
            });
            return Phase.VOTING;
        }

        /** It has only read: it leaves, and the other one is the only writer, if it is any. */
        @Override
        public Phase unassigned(PointReadiness.Unassigned readiness) {
            Invariants.check(branches.count() == 2, "only one other branch can do without a commit point");
            command(branches.get(point).prepare());
            return Phase.READYING;
        }

        @Override
        public Phase refused(PointReadiness.Refused readiness) {
            return abort(readiness.cause());
        }
    }

    private Phase pointLeft() {
        return branches.get(point).isReadOnly()
                ? commitAlone(1 - point)
                : abort("the commit point had written nothing, and then it had");
    }

    private Phase commitAlone(int branch) {
        lone = branch;
        onePhase = new OnePhase(branches, branch, backoff, this::command, telling);
        onePhase.tell();
        return Phase.ONE_PHASE;
    }

    private Phase next(OnePhase.Stage stage, BranchInput.Ended answer) {
        return switch (stage) {
            case UNDER_WAY -> Phase.ONE_PHASE;
            case OVER -> {
                branches.get(lone).end();
                yield end(onePhase.outcome());
            }
            case NOT_TOLD -> abort(onePhase.cause());
            case NEEDS_PREPARE ->
                abort("the only branch that has work cannot be trusted to commit in one phase, and nothing else can"
                        + " decide; leave such a resource to two-phase commit");
            case DECIDED_ALONE -> {
                phaseTwo.decidedAlone(branches.get(answer.branch()), (Completion.Heuristic) answer.completion());
                yield Phase.COMMITTING;
            }
        };
    }

    private Phase decide() {
        List<Integer> prepared = branches.prepared();
        if (prepared.isEmpty()) {
            return commitAlone(point);
        }
        command(new CommitPointCommand.CommitThrough(point, prepared));
        return Phase.DECIDING;
    }

    /** One method an answer of the commit point to its commit. */
    private final class Answers implements PointAnswer.Handler<Phase> {

        @Override
        public Phase committed(PointAnswer.Committed answer) {
            return CommitPoint.this.committed();
        }

        @Override
        public Phase aborted(PointAnswer.Aborted answer) {
            phaseTwo.decidedByOthers();
            return abort("somebody decided to roll back first, as the transaction was past its time-out or this"
                    + " coordinator was taken for dead");
        }

        @Override
        public Phase refused(PointAnswer.Refused answer) {
            return abort("the commit point did not commit: " + answer.cause());
        }

        @Override
        public Phase lost(PointAnswer.Lost answer) {
            cause = answer.cause();
            command(new CommitPointCommand.InsertAbort());
            return Phase.FINDING_OUT;
        }
    }

    private Phase committed() {
        branches.get(point).end();
        phaseTwo.commit();
        return settled(Phase.COMMITTING);
    }

    private Phase abort(String why) {
        cause = why;
        phaseTwo.rollback();
        return settled(Phase.ABORTING);
    }

    /** The branches stay as they are: recovery ends them by the row. */
    private Phase leave(String why) {
        cause = why;
        telling.finish(new Outcome.Unknown(cause));
        return Phase.IN_DOUBT;
    }

    /**
     * What the branches' answers come to. As in two-phase commit, one round of telling is enough to answer a rollback;
     * after the deadline a branch that hangs in prepare is not waited for.
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
        if (current == Phase.COMMITTING && lone == NOBODY) {
            command(new CommitPointCommand.ReleaseRow());
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
