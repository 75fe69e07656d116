package dev.assent.tx.sim;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.Vote;
import dev.assent.tx.protocol.BranchInput;
import dev.assent.tx.protocol.TransactionInput;
import dev.assent.tx.protocol.twophase.DecisionInput;
import dev.assent.tx.protocol.twophase.TwoPhaseCommand;
import dev.assent.tx.protocol.twophase.TwoPhaseInput;

/** In the words of TwoPhaseCommit. What a recoverer only looks at is not in it. */
final class Trace extends BranchTrace {
    private final TwoPhaseInput.Handler inputs = new OwnInputs();
    private final TwoPhaseCommand.Handler commands = new OwnCommands();
    private final DecisionInputs decisionInputs = new DecisionInputs();

    Trace() {
        super(1);
    }

    void effect(String name, BranchId branch, String value) {
        branch(name, BranchName.fromBytes(branch.bqual()).number(), value);
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

    private final class OwnInputs extends Inputs implements TwoPhaseInput.Handler {
        @Override
        public void commitAsked(TransactionInput.CommitAsked input) {
            effect("ask");
        }

        @Override
        public void voted(BranchInput.Voted input) {
            branch("voted", input.branch(), input.vote().accept(new Votes()));
        }

        @Override
        public void decided(TwoPhaseInput.Decided input) {}
    }

    private final class OwnCommands extends Commands implements TwoPhaseCommand.Handler {
        @Override
        public void writeDecision(TwoPhaseCommand.WriteDecision command) {
            effect("sendCreate");
        }

        @Override
        public void releaseRecord(TwoPhaseCommand.ReleaseRecord command) {}
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
            effect("answered", how);
            return Trace.this;
        }

        private Trace concluded(String seen) {
            effect("concluded", seen);
            return Trace.this;
        }
    }
}
