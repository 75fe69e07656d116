package dev.assent.tx.sim.commitpoint;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.PointAnswer;
import dev.assent.tx.model.PointReadiness;
import dev.assent.tx.model.Vote;
import dev.assent.tx.protocol.BranchInput;
import dev.assent.tx.protocol.TransactionInput;
import dev.assent.tx.protocol.commitpoint.CommitPointCommand;
import dev.assent.tx.protocol.commitpoint.CommitPointInput;
import dev.assent.tx.sim.BranchTrace;

/** In the words of CommitPoint, of a transaction whose commit point is its branch 0. */
final class PointTrace extends BranchTrace {
    private final CommitPointInput.Handler inputs = new OwnInputs();
    private final CommitPointCommand.Handler commands = new OwnCommands();

    PointTrace() {
        super(0);
    }

    /** On a branch; what befalls the commit point has another name. */
    void effect(BranchId branch, String name, String onPoint) {
        int number = BranchName.fromBytes(branch.bqual()).number();
        branch(number == 0 ? onPoint : name, number, "");
    }

    CommitPointInput.Handler inputs() {
        return inputs;
    }

    CommitPointCommand.Handler commands() {
        return commands;
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

    private final class OwnInputs extends Inputs implements CommitPointInput.Handler {
        @Override
        public void commitAsked(TransactionInput.CommitAsked input) {}

        @Override
        public void pointReady(CommitPointInput.PointReady input) {
            effect(input.readiness().accept(new Ready()));
        }

        @Override
        public void voted(BranchInput.Voted input) {
            boolean yes = input.vote() instanceof Vote.Prepared;
            branch(yes ? "voted" : "giveUp", input.branch(), "");
        }

        @Override
        public void pointAnswered(CommitPointInput.PointAnswered input) {
            effect("answered", input.answer().accept(new Answered()));
        }

        @Override
        public void rowFound(CommitPointInput.RowFound input) {
            effect("rowFound", input.decision().name());
        }

        @Override
        public void epochLooked(CommitPointInput.EpochLooked input) {
            effect("epochLooked", input.fenced() ? "fenced" : "live");
        }

        @Override
        public void notTold(CommitPointInput.NotTold input) {
            effect("notTold");
        }
    }

    private final class OwnCommands extends Commands implements CommitPointCommand.Handler {
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
    }
}
