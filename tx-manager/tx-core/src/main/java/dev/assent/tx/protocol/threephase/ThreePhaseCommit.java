package dev.assent.tx.protocol.threephase;

import dev.assent.invariants.Invariants;
import dev.assent.time.Backoff;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.protocol.BranchCommand;
import dev.assent.tx.protocol.BranchInput;
import dev.assent.tx.protocol.BranchProgress;
import dev.assent.tx.protocol.Branches;
import dev.assent.tx.protocol.CommitProtocol;
import dev.assent.tx.protocol.Message;
import dev.assent.tx.protocol.OutcomeTelling;
import dev.assent.tx.protocol.PhaseTwo;
import dev.assent.tx.protocol.TransactionInput;
import dev.assent.tx.protocol.paxos.AcceptorSet;
import dev.assent.tx.protocol.paxos.Proposer;
import dev.assent.tx.protocol.paxos.ProposerId;
import dev.assent.tx.protocol.paxos.ProposerInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The coordinator's side of one transaction in three-phase commit: canCommit to all branches; when all have voted yes,
 * preCommit to all acceptors, which is phase 2a of ballot 0; when a majority has accepted, doCommit.
 *
 * <p>A no, a rollback or the deadline before the preCommit aborts without asking anybody, since COMMIT was never
 * proposed and never will be. After it nothing aborts but a decision of the register: no time-out, no silence. If
 * somebody who suspects this coordinator has outbid ballot 0, it asks the register like anybody else, and obeys.
 * Read-only voters have left, and take part as acceptors only. One thread at a time; the shell runs the commands of a
 * step in any order.
 */
public final class ThreePhaseCommit implements CommitProtocol<ThreePhaseInput.Handler, ThreePhaseCommand.Handler> {

    private enum Phase {
        WORKING,
        /** canCommit is out. */
        VOTING,
        /** preCommit is out: the register decides. */
        PRE_COMMITTING,
        COMMITTING,
        ABORTING,
        /** Every branch has committed; the record of it is not durable yet. */
        RECORDING,
        ENDED,
        /** The acceptors have forgotten before this coordinator heard what they chose: others have ended everything. */
        OVERTAKEN
    }

    private final AcceptorSet acceptors;
    private final Branches branches;
    private final OutcomeTelling telling;
    private final PhaseTwo phaseTwo;
    private final Proposer proposer;
    private final Steps steps = new Steps();
    private List<Message<? super ThreePhaseCommand.Handler>> commands = new ArrayList<>();
    private Phase phase = Phase.WORKING;
    private String cause = "";
    private boolean expired;
    private boolean recorded;

    /**
     * A transaction of so many branches.
     *
     * @param self this life of the coordinator's process, which has proposed nothing in this transaction yet
     */
    public ThreePhaseCommit(int branchCount, AcceptorSet acceptors, ProposerId self, Backoff retries) {
        this.acceptors = acceptors;
        this.branches = new Branches(branchCount);
        this.telling = new OutcomeTelling(command -> commands.add(command));
        this.phaseTwo = new PhaseTwo(branches, retries, command -> commands.add(command));
        this.proposer = new Proposer(acceptors, self, retries, command -> commands.add(command));
    }

    @Override
    public List<Message<? super ThreePhaseCommand.Handler>> step(Message<? super ThreePhaseInput.Handler> input) {
        input.accept(steps);
        invariants();
        List<Message<? super ThreePhaseCommand.Handler>> result = commands;
        commands = new ArrayList<>();
        return result;
    }

    @Override
    public boolean isFinished() {
        return phase == Phase.ENDED || phase == Phase.OVERTAKEN;
    }

    private void invariants() {
        Invariants.check(!isFinished() || telling.hasAnswered(), "an ended transaction has told its caller");
        Invariants.check(
                proposer.chosen().equals(Optional.of(Decision.COMMIT)) || !branches.any(BranchProgress::toldToCommit),
                "no branch is told to commit before COMMIT is chosen");
        Invariants.check(
                phase != Phase.ABORTING
                        || !proposer.hasBegun()
                        || proposer.chosen().equals(Optional.of(Decision.ABORT)),
                "after a preCommit only the register aborts");
    }

    /** One method an input. */
    private final class Steps implements ThreePhaseInput.Handler {

        @Override
        public void commitAsked(TransactionInput.CommitAsked input) {
            Invariants.check(phase == Phase.WORKING, "a transaction ends once");
            if (branches.count() == 0) {
                phase = end(new Outcome.Committed());
                return;
            }
            phase = Phase.VOTING;
            branches.forEach(this::canCommit);
        }

        private void canCommit(BranchProgress branch) {
            BranchCommand unused = branch.prepare();
            commands.add(new ThreePhaseCommand.CanCommit(branch.index(), acceptors));
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
        public void waitedEnough(TransactionInput.WaitedEnough input) {
            telling.answer(
                    switch (phase) {
                        case COMMITTING, RECORDING, ENDED -> branches.outcome(new Outcome.Committed());
                        case ABORTING -> branches.outcome(new Outcome.RolledBack(cause));
                        case WORKING, VOTING -> new Outcome.Unknown("the branches have not all voted yet");
                        case PRE_COMMITTING ->
                            new Outcome.Unknown("a majority of the acceptors has not confirmed the decision yet");
                        case OVERTAKEN -> new Outcome.Unknown(cause);
                    });
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
                preCommit();
            }
        }

        /** Read-only branches or not: who asks the register later must hear what the caller heard. */
        private void preCommit() {
            phase = Phase.PRE_COMMITTING;
            proposer.proposeFirst(Decision.COMMIT);
        }

        @Override
        public void acceptorAnswered(ProposerInput.AcceptorAnswered input) {
            if (phase == Phase.PRE_COMMITTING) {
                proposer.answered(input);
                phase = decided();
            }
        }

        @Override
        public void proposalDue(ProposerInput.ProposalDue input) {
            if (phase == Phase.PRE_COMMITTING) {
                proposer.proposalDue();
            }
        }

        @Override
        public void decisionLearned(ThreePhaseInput.DecisionLearned input) {
            if (phase == Phase.PRE_COMMITTING) {
                proposer.learned(input.chosen());
                phaseTwo.decidedByOthers();
                phase = decided();
            } else if (phase == Phase.VOTING) {
                Invariants.check(input.chosen() == Decision.ABORT, "nobody else proposes COMMIT first");
                phase = abort("a participant or a node suspected this coordinator and had the transaction rolled back");
            }
        }

        @Override
        public void outcomeRecorded(ThreePhaseInput.OutcomeRecorded input) {
            recorded = true;
            if (phase == Phase.RECORDING) {
                phase = forget(branches.outcome(new Outcome.Committed()));
            }
        }

        @Override
        public void ended(BranchInput.Ended input) {
            if (isTelling()) {
                phaseTwo.ended(input.branch(), input.completion());
                phase = settled(phase);
            }
        }

        @Override
        public void retryDue(BranchInput.RetryDue input) {
            if (isTelling()) {
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
    }

    private boolean isTelling() {
        return phase == Phase.COMMITTING || phase == Phase.ABORTING;
    }

    /**
     * What the register has come to. Whoever terminated the transaction may have ended branches by it already; where
     * nobody was seen to, a branch that is not known any more has to be accounted for, as its database may have lost it.
     */
    private Phase decided() {
        if (proposer.isForgotten()) {
            cause =
                    "others have ended the transaction and forgotten it; ask for the outcome, which is recorded if it was"
                            + " committed";
            telling.finish(new Outcome.Unknown(cause));
            return Phase.OVERTAKEN;
        }
        Optional<Decision> chosen = proposer.chosen();
        if (chosen.isEmpty()) {
            return phase;
        }
        if (proposer.isRivalled()) {
            phaseTwo.decidedByOthers();
        }
        return switch (chosen.get()) {
            case COMMIT -> {
                commands.add(new ThreePhaseCommand.RecordOutcome(Decision.COMMIT));
                phaseTwo.commit();
                yield settled(Phase.COMMITTING);
            }
            case ABORT -> abort("the acceptors decided to roll back, as somebody suspected this coordinator");
        };
    }

    private Phase abort(String why) {
        cause = why;
        phaseTwo.rollback();
        return settled(Phase.ABORTING);
    }

    /**
     * What the branches' answers come to. Abort needs no branch's consent: one round of telling is enough to answer. After
     * the deadline a branch that still hangs in prepare is not waited for.
     */
    private Phase settled(Phase current) {
        boolean isToldToAll = current == Phase.ABORTING && branches.all(this::needNotBeWaitedFor);
        boolean isOver = branches.all(BranchProgress::hasEnded);
        if (!isToldToAll && !isOver) {
            return current;
        }
        Outcome outcome =
                branches.outcome(current == Phase.COMMITTING ? new Outcome.Committed() : new Outcome.RolledBack(cause));
        telling.answer(outcome);
        telling.learn(outcome);
        if (!isOver) {
            return current;
        }
        return current == Phase.ABORTING || recorded ? forget(outcome) : Phase.RECORDING;
    }

    private boolean needNotBeWaitedFor(BranchProgress branch) {
        return branch.hasAnsweredPhaseTwo() || (expired && branch.isPreparing());
    }

    /** COMMIT is recorded by now, so that a register which nobody can read any more means ABORT where no record is. */
    private Phase forget(Outcome outcome) {
        commands.add(new ThreePhaseCommand.ForgetRegister(acceptors));
        return end(outcome);
    }

    private Phase end(Outcome outcome) {
        telling.finish(outcome);
        return Phase.ENDED;
    }
}
