package dev.assent.tx.sim;

import dev.assent.tx.model.Outcome;
import dev.assent.tx.protocol.BranchCommand;
import dev.assent.tx.protocol.BranchInput;
import dev.assent.tx.protocol.TransactionCommand;
import dev.assent.tx.protocol.TransactionInput;
import dev.assent.tx.spec.TraceEvent;
import java.util.ArrayList;
import java.util.List;

/**
 * What happened to one transaction, in the words of its protocol's specification: every input and command of the
 * production machines, and every lasting effect. Here is what all protocols of branches have alike. What a branch's own
 * answers come to is in no specification: each knows when it has ended.
 */
public abstract class BranchTrace {
    private final int first;
    private final List<TraceEvent> events = new ArrayList<>();
    private boolean on;

    /** {@code first} is the number by which the specification calls the branch that the machine calls 0. */
    protected BranchTrace(int first) {
        this.first = first;
    }

    /** From now on; until then nothing is written down, as most simulations need no trace. */
    public void record() {
        on = true;
    }

    public List<TraceEvent> events() {
        return List.copyOf(events);
    }

    /** About no branch. */
    public void effect(String name) {
        effect(name, "");
    }

    protected void effect(String name, String value) {
        add(new TraceEvent(name, 0, value));
    }

    /** About the branch that the machine calls so. */
    protected void branch(String name, int branch, String value) {
        add(new TraceEvent(name, branch + first, value));
    }

    protected void add(TraceEvent event) {
        if (on) {
            events.add(event);
        }
    }

    /** Of a commit protocol; each adds its own. */
    protected abstract class Inputs implements TransactionInput.Handler, BranchInput.Handler {
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
        public void ended(BranchInput.Ended input) {}

        @Override
        public void retryDue(BranchInput.RetryDue input) {}

        @Override
        public void absenceChecked(BranchInput.AbsenceChecked input) {}

        @Override
        public void heuristicKept(BranchInput.HeuristicKept input) {}
    }

    /** Only what others hear of. */
    protected abstract class Commands implements TransactionCommand.Handler, BranchCommand.Handler {
        @Override
        public void prepare(BranchCommand.Prepare command) {
            branch("tellPrepare", command.branch(), "");
        }

        @Override
        public void cutShort(BranchCommand.CutShort command) {}

        @Override
        public void commitOnePhase(BranchCommand.CommitOnePhase command) {
            branch("tellOnePhase", command.branch(), "");
        }

        @Override
        public void commit(BranchCommand.Commit command) {
            branch("tellCommit", command.branch(), "");
        }

        @Override
        public void rollback(BranchCommand.Rollback command) {
            branch("tellRollback", command.branch(), "");
        }

        @Override
        public void retryLater(BranchCommand.RetryLater command) {}

        @Override
        public void checkAbsence(BranchCommand.CheckAbsence command) {}

        @Override
        public void keepHeuristic(BranchCommand.KeepHeuristic command) {}

        @Override
        public void answer(TransactionCommand.Answer command) {
            effect("answer", told(command.outcome()));
        }

        @Override
        public void learned(TransactionCommand.Learned command) {}

        @Override
        public void finish(TransactionCommand.Finish command) {}
    }

    /** How the specifications call it. */
    protected static String told(Outcome outcome) {
        if (outcome instanceof Outcome.Committed) {
            return "committed";
        }
        return outcome instanceof Outcome.RolledBack ? "rolledback" : "unknown";
    }
}
