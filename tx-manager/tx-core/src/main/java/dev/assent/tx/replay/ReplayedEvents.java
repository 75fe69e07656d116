package dev.assent.tx.replay;

import dev.assent.event.Event;
import dev.assent.event.TransactionEvent;
import dev.assent.tx.news.BranchNews;
import dev.assent.tx.news.DecisionName;
import dev.assent.tx.protocol.BranchInput;
import dev.assent.tx.protocol.TransactionInput;
import dev.assent.tx.protocol.commitpoint.CommitPointInput;
import dev.assent.tx.protocol.paxos.ProposerInput;
import dev.assent.tx.protocol.threephase.ThreePhaseInput;
import dev.assent.tx.protocol.twophase.TwoPhaseInput;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** The events that a shell would tell of the inputs that it brings, and of the commands that it carries out. */
final class ReplayedEvents implements TwoPhaseInput.Handler, CommitPointInput.Handler, ThreePhaseInput.Handler {
    private final String transaction;
    private final Consumer<Event> told;
    private final IntFunction<Integer> numbers;
    private final ReplayedCommands commands;

    /** @param numbers of the branch at a place */
    ReplayedEvents(String transaction, IntFunction<Integer> numbers, Consumer<Event> told) {
        this.numbers = numbers;
        this.transaction = transaction;
        this.told = told;
        this.commands = new ReplayedCommands(transaction, told);
    }

    ReplayedCommands commands() {
        return commands;
    }

    /** Of the branch at that place. */
    private BranchNews news(int branch) {
        return new BranchNews(told, transaction, numbers.apply(branch), "");
    }

    private void decided(TransactionEvent.Decision decision) {
        told.accept(new TransactionEvent.Decided(transaction, decision, 0));
    }

    @Override
    public void voted(BranchInput.Voted input) {
        news(input.branch()).voted(input.vote(), 0);
    }

    @Override
    public void ended(BranchInput.Ended input) {
        news(input.branch()).answered(commands.toldToCommit(input.branch()), input.completion(), 0);
    }

    @Override
    public void decided(TwoPhaseInput.Decided input) {
        decided(input.result().accept(DecisionName.OF));
    }

    @Override
    public void pointAnswered(CommitPointInput.PointAnswered input) {
        decided(input.answer().accept(DecisionName.OF));
    }

    @Override
    public void commitAsked(TransactionInput.CommitAsked input) {}

    @Override
    public void rollbackAsked(TransactionInput.RollbackAsked input) {}

    @Override
    public void expired(TransactionInput.Expired input) {}

    @Override
    public void waitedEnough(TransactionInput.WaitedEnough input) {}

    @Override
    public void retryDue(BranchInput.RetryDue input) {}

    @Override
    public void absenceChecked(BranchInput.AbsenceChecked input) {}

    @Override
    public void heuristicKept(BranchInput.HeuristicKept input) {}

    @Override
    public void pointReady(CommitPointInput.PointReady input) {}

    @Override
    public void rowFound(CommitPointInput.RowFound input) {}

    @Override
    public void epochLooked(CommitPointInput.EpochLooked input) {}

    @Override
    public void notTold(CommitPointInput.NotTold input) {}

    @Override
    public void decisionLearned(ThreePhaseInput.DecisionLearned input) {}

    @Override
    public void outcomeRecorded(ThreePhaseInput.OutcomeRecorded input) {}

    @Override
    public void acceptorAnswered(ProposerInput.AcceptorAnswered input) {}

    @Override
    public void proposalDue(ProposerInput.ProposalDue input) {}
}
