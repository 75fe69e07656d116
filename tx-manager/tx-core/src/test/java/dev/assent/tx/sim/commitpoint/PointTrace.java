package dev.assent.tx.sim.commitpoint;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.PointAnswer;
import dev.assent.tx.model.PointReadiness;
import dev.assent.tx.model.Vote;
import dev.assent.tx.protocol.BranchCommand;
import dev.assent.tx.protocol.BranchInput;
import dev.assent.tx.protocol.TransactionCommand;
import dev.assent.tx.protocol.TransactionInput;
import dev.assent.tx.protocol.commitpoint.CommitPointCommand;
import dev.assent.tx.protocol.commitpoint.CommitPointInput;
import dev.assent.tx.spec.TraceEvent;
import java.util.ArrayList;
import java.util.List;

/**
 * What happened to one transaction whose commit point is its branch 0, in the words of its specification: every input
 * and command of the production machine, and every lasting effect on databases and epochs.
 */
final class PointTrace {
    private final List<TraceEvent> events = new ArrayList<>();
    private final Inputs inputs = new Inputs();
    private final Commands commands = new Commands();
    private boolean on;

    /** From now on; until then nothing is written down, as most simulations need no trace. */
    void record() {
        on = true;
    }

    List<TraceEvent> events() {
        return List.copyOf(events);
    }

    void effect(String name) {
        add(name, 0, "");
    }

    /** On a branch; what befalls the commit point has another name. */
    void effect(BranchId branch, String name, String onPoint) {
        int number = BranchName.fromBytes(branch.bqual()).number();
        add(number == 0 ? onPoint : name, number, "");
    }

    CommitPointInput.Handler inputs() {
        return inputs;
    }

    CommitPointCommand.Handler commands() {
        return commands;
    }

    private void add(String name, int branch, String value) {
        if (on) {
            events.add(new TraceEvent(name, branch, value));
        }
    }

    private static final class Ready implements PointReadiness.Handler<String> {
        @Override
        public String assigned(PointReadiness.Assigned readiness) {
            return "ask";
        }

        @Override
        public String unassigned(PointReadiness.Unassigned readiness) {
            return "leaves";
        }

        @Override
        public String refused(PointReadiness.Refused readiness) {
            return "giveUp";
        }
    }

    private static final class Answered implements PointAnswer.Handler<String> {
        @Override
        public String committed(PointAnswer.Committed answer) {
            return "committed";
        }

        @Override
        public String aborted(PointAnswer.Aborted answer) {
            return "aborted";
        }

        @Override
        public String refused(PointAnswer.Refused answer) {
            return "refused";
        }

        @Override
        public String lost(PointAnswer.Lost answer) {
            return "lost";
        }
    }

    private final class Inputs implements CommitPointInput.Handler {
        @Override
        public void commitAsked(TransactionInput.CommitAsked input) {}

        @Override
        public void rollbackAsked(TransactionInput.RollbackAsked input) {
            effect("giveUp");
        }

        @Override
        public void expired(TransactionInput.Expired input) {
            effect("giveUp");
        }

        @Override
        public void waitedEnough(TransactionInput.WaitedEnough input) {}

        @Override
        public void pointReady(CommitPointInput.PointReady input) {
            effect(input.readiness().accept(new Ready()));
        }

        @Override
        public void voted(BranchInput.Voted input) {
            boolean yes = input.vote() instanceof Vote.Prepared;
            add(yes ? "voted" : "giveUp", input.branch(), "");
        }

        @Override
        public void pointAnswered(CommitPointInput.PointAnswered input) {
            add("answered", 0, input.answer().accept(new Answered()));
        }

        @Override
        public void rowFound(CommitPointInput.RowFound input) {
            add("rowFound", 0, input.decision().name());
        }

        @Override
        public void epochLooked(CommitPointInput.EpochLooked input) {
            add("epochLooked", 0, input.fenced() ? "fenced" : "live");
        }

        @Override
        public void notTold(CommitPointInput.NotTold input) {
            effect("notTold");
        }

        @Override
        public void ended(BranchInput.Ended input) {}

        @Override
        public void retryDue(BranchInput.RetryDue input) {}

        @Override
        public void absenceChecked(BranchInput.AbsenceChecked input) {}

        @Override
        public void heuristicKept(BranchInput.HeuristicKept input) {}
    }

    private final class Commands implements CommitPointCommand.Handler {
        @Override
        public void readyPoint(CommitPointCommand.ReadyPoint command) {}

        @Override
        public void commitThrough(CommitPointCommand.CommitThrough command) {
            effect("decide");
        }

        @Override
        public void insertAbort(CommitPointCommand.InsertAbort command) {}

        @Override
        public void lookAtEpoch(CommitPointCommand.LookAtEpoch command) {}

        @Override
        public void releaseRow(CommitPointCommand.ReleaseRow command) {}

        @Override
        public void prepare(BranchCommand.Prepare command) {
            add("tellPrepare", command.branch(), "");
        }

        @Override
        public void cutShort(BranchCommand.CutShort command) {}

        @Override
        public void commitOnePhase(BranchCommand.CommitOnePhase command) {
            add("tellOnePhase", command.branch(), "");
        }

        @Override
        public void commit(BranchCommand.Commit command) {
            add("tellCommit", command.branch(), "");
        }

        @Override
        public void rollback(BranchCommand.Rollback command) {
            add("tellRollback", command.branch(), "");
        }

        @Override
        public void retryLater(BranchCommand.RetryLater command) {}

        @Override
        public void checkAbsence(BranchCommand.CheckAbsence command) {}

        @Override
        public void keepHeuristic(BranchCommand.KeepHeuristic command) {}

        @Override
        public void answer(TransactionCommand.Answer command) {
            Outcome outcome = command.outcome();
            boolean known = !(outcome instanceof Outcome.Unknown);
            String told = outcome instanceof Outcome.Committed ? "committed" : "rolledback";
            add("answer", 0, known ? told : "unknown");
        }

        @Override
        public void learned(TransactionCommand.Learned command) {}

        @Override
        public void finish(TransactionCommand.Finish command) {}
    }
}
