package dev.assent.tx.sim;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.Vote;
import dev.assent.tx.protocol.BranchCommand;
import dev.assent.tx.protocol.BranchInput;
import dev.assent.tx.protocol.TransactionCommand;
import dev.assent.tx.protocol.TransactionInput;
import dev.assent.tx.protocol.twophase.DecisionInput;
import dev.assent.tx.protocol.twophase.TwoPhaseCommand;
import dev.assent.tx.protocol.twophase.TwoPhaseInput;
import dev.assent.tx.spec.TraceEvent;
import java.util.ArrayList;
import java.util.List;

/**
 * What happened to one transaction, in the words of its specification: every input and command of the production
 * machines, and every lasting effect on resources and store. What a recoverer only looks at is not in it.
 */
final class Trace {

    private final List<TraceEvent> events = new ArrayList<>();
    private final Inputs inputs = new Inputs();
    private final Commands commands = new Commands();
    private final DecisionInputs decisionInputs = new DecisionInputs();
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

    void effect(String name, BranchId branch, String value) {
        add(name, BranchName.fromBytes(branch.bqual()).number() + 1, value);
    }

    TwoPhaseInput.Handler inputs() {
        return inputs;
    }

    TwoPhaseCommand.Handler commands() {
        return commands;
    }

    DecisionInput.Handler<Trace> decisionInputs() {
        return decisionInputs;
    }

    private void add(String name, int branch, String value) {
        if (on) {
            events.add(new TraceEvent(name, branch, value));
        }
    }

    private static final class Votes implements Vote.Handler<String> {
        @Override
        public String prepared(Vote.Prepared vote) {
            return "prepared";
        }

        @Override
        public String readOnly(Vote.ReadOnly vote) {
            return "readonly";
        }

        @Override
        public String rollback(Vote.Rollback vote) {
            return "no";
        }

        @Override
        public String unconfirmed(Vote.Unconfirmed vote) {
            return "no";
        }
    }

    /** What a branch's own answers come to is not in the specification: it knows when the record may go. */
    private final class Inputs implements TwoPhaseInput.Handler {
        @Override
        public void commitAsked(TransactionInput.CommitAsked input) {
            effect("ask");
        }

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
        public void voted(BranchInput.Voted input) {
            add("voted", input.branch() + 1, input.vote().accept(new Votes()));
        }

        @Override
        public void ended(BranchInput.Ended input) {}

        @Override
        public void retryDue(BranchInput.RetryDue input) {}

        @Override
        public void absenceChecked(BranchInput.AbsenceChecked input) {}

        @Override
        public void heuristicKept(BranchInput.HeuristicKept input) {}

        @Override
        public void decided(TwoPhaseInput.Decided input) {}
    }

    /** Only what others hear of. */
    private final class Commands implements TwoPhaseCommand.Handler {
        @Override
        public void prepare(BranchCommand.Prepare command) {
            add("tellPrepare", command.branch() + 1, "");
        }

        @Override
        public void cutShort(BranchCommand.CutShort command) {}

        @Override
        public void commitOnePhase(BranchCommand.CommitOnePhase command) {
            add("tellOnePhase", command.branch() + 1, "");
        }

        @Override
        public void commit(BranchCommand.Commit command) {
            add("tellCommit", command.branch() + 1, "");
        }

        @Override
        public void rollback(BranchCommand.Rollback command) {
            add("tellRollback", command.branch() + 1, "");
        }

        @Override
        public void retryLater(BranchCommand.RetryLater command) {}

        @Override
        public void checkAbsence(BranchCommand.CheckAbsence command) {}

        @Override
        public void keepHeuristic(BranchCommand.KeepHeuristic command) {}

        @Override
        public void answer(TransactionCommand.Answer command) {
            add("answer", 0, told(command.outcome()));
        }

        @Override
        public void learned(TransactionCommand.Learned command) {}

        @Override
        public void finish(TransactionCommand.Finish command) {}

        @Override
        public void writeDecision(TwoPhaseCommand.WriteDecision command) {
            effect("sendCreate");
        }

        @Override
        public void releaseRecord(TwoPhaseCommand.ReleaseRecord command) {}
    }

    private static String told(Outcome outcome) {
        if (outcome instanceof Outcome.Committed) {
            return "committed";
        }
        return outcome instanceof Outcome.RolledBack ? "rolledback" : "unknown";
    }

    private final class DecisionInputs implements DecisionInput.Handler<Trace> {
        @Override
        public Trace applied(DecisionInput.Applied input) {
            return answered("applied");
        }

        @Override
        public Trace epochRefused(DecisionInput.EpochRefused input) {
            return answered("epochRefused");
        }

        @Override
        public Trace recordExists(DecisionInput.RecordExists input) {
            return answered("exists");
        }

        @Override
        public Trace refused(DecisionInput.Refused input) {
            return answered("refused");
        }

        @Override
        public Trace connectionLost(DecisionInput.ConnectionLost input) {
            effect("lost");
            return Trace.this;
        }

        @Override
        public Trace reconnected(DecisionInput.Reconnected input) {
            return Trace.this;
        }

        @Override
        public Trace found(DecisionInput.Found input) {
            return concluded(input.decision() == Decision.COMMIT ? "COMMIT" : "ABORT");
        }

        @Override
        public Trace absent(DecisionInput.Absent input) {
            return concluded("none");
        }

        @Override
        public Trace gaveUp(DecisionInput.GaveUp input) {
            return concluded("unreadable");
        }

        private Trace answered(String how) {
            add("answered", 0, how);
            return Trace.this;
        }

        private Trace concluded(String seen) {
            add("concluded", 0, seen);
            return Trace.this;
        }
    }
}
