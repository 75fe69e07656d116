package dev.assent.tx.replay;

import dev.assent.event.Event;
import dev.assent.event.TransactionEvent;
import dev.assent.tx.news.OutcomeName;
import dev.assent.tx.protocol.BranchCommand;
import dev.assent.tx.protocol.TransactionCommand;
import dev.assent.tx.protocol.commitpoint.CommitPointCommand;
import dev.assent.tx.protocol.paxos.ProposerCommand;
import dev.assent.tx.protocol.threephase.ThreePhaseCommand;
import dev.assent.tx.protocol.twophase.TwoPhaseCommand;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** What a shell would tell of the commands of a machine, and what others must reckon with after them. */
final class ReplayedCommands implements TwoPhaseCommand.Handler, CommitPointCommand.Handler, ThreePhaseCommand.Handler {
    private final String transaction;
    private final Consumer<Event> told;
    /** By branch, whether it was last told to commit. */
    private final Map<Integer, Boolean> ends = new LinkedHashMap<>();

    private boolean mayBeCommitted;
    /** Unknown until it is learned, as the shell has it. */
    private TransactionEvent.Outcome learned = TransactionEvent.Outcome.UNKNOWN;

    ReplayedCommands(String transaction, Consumer<Event> told) {
        this.transaction = transaction;
        this.told = told;
    }

    boolean toldToCommit(int branch) {
        return ends.getOrDefault(branch, false);
    }

    /** Whether somebody else may find a COMMIT, as it was asked for. */
    boolean mayBeCommitted() {
        return mayBeCommitted;
    }

    @Override
    public void writeDecision(TwoPhaseCommand.WriteDecision command) {
        mayBeCommitted = true;
    }

    @Override
    public void commitThrough(CommitPointCommand.CommitThrough command) {
        mayBeCommitted = true;
    }

    @Override
    public void askAcceptor(ProposerCommand.AskAcceptor command) {
        mayBeCommitted = true;
    }

    @Override
    public void recordOutcome(ThreePhaseCommand.RecordOutcome command) {
        told.accept(new TransactionEvent.Decided(transaction, TransactionEvent.Decision.COMMIT, 0));
    }

    @Override
    public void answer(TransactionCommand.Answer command) {
        told.accept(new TransactionEvent.Answered(transaction, OutcomeName.of(command.outcome()), 0));
    }

    @Override
    public void finish(TransactionCommand.Finish command) {
        told.accept(new TransactionEvent.Ended(transaction, learned, 0, 0));
    }

    @Override
    public void commitOnePhase(BranchCommand.CommitOnePhase command) {
        ends.put(command.branch(), true);
    }

    @Override
    public void commit(BranchCommand.Commit command) {
        ends.put(command.branch(), true);
    }

    @Override
    public void rollback(BranchCommand.Rollback command) {
        ends.put(command.branch(), false);
    }

    @Override
    public void learned(TransactionCommand.Learned command) {
        learned = OutcomeName.of(command.outcome());
    }

    @Override
    public void prepare(BranchCommand.Prepare command) {}

    @Override
    public void cutShort(BranchCommand.CutShort command) {}

    @Override
    public void retryLater(BranchCommand.RetryLater command) {}

    @Override
    public void checkAbsence(BranchCommand.CheckAbsence command) {}

    @Override
    public void keepHeuristic(BranchCommand.KeepHeuristic command) {}

    @Override
    public void releaseRecord(TwoPhaseCommand.ReleaseRecord command) {}

    @Override
    public void readyPoint(CommitPointCommand.ReadyPoint command) {}

    @Override
    public void insertAbort(CommitPointCommand.InsertAbort command) {}

    @Override
    public void lookAtEpoch(CommitPointCommand.LookAtEpoch command) {}

    @Override
    public void releaseRow(CommitPointCommand.ReleaseRow command) {}

    @Override
    public void proposeLater(ProposerCommand.ProposeLater command) {}

    @Override
    public void canCommit(ThreePhaseCommand.CanCommit command) {}

    @Override
    public void forgetRegister(ThreePhaseCommand.ForgetRegister command) {}
}
