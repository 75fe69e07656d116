package dev.assent.tx.protocol.twophase;

import dev.assent.time.Backoff;
import dev.assent.tx.model.CommitResult;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.Vote;
import dev.assent.tx.protocol.BranchInput;
import dev.assent.tx.protocol.TransactionCommand;
import dev.assent.tx.protocol.TransactionInput;
import java.util.List;

/** Machines that have come so far, and inputs for them. */
final class Given {
    static final Vote YES = new Vote.Prepared();
    static final Vote READ_ONLY = new Vote.ReadOnly();
    static final Vote NO = new Vote.Rollback("no stock");

    private Given() {}

    static TwoPhaseCommit machineOf(int branches) {
        return new TwoPhaseCommit(branches, new Backoff(10, 1_000), LoneBranch.ONE_PHASE);
    }

    static TwoPhaseCommit voted(Vote... votes) {
        TwoPhaseCommit machine = machineOf(votes.length);
        machine.step(new TransactionInput.CommitAsked());
        for (int branch = 0; branch < votes.length - 1; branch++) {
            machine.step(new BranchInput.Voted(branch, votes[branch]));
        }
        return machine;
    }

    static TwoPhaseCommit decided(Vote... votes) {
        TwoPhaseCommit machine = voted(votes);
        machine.step(new BranchInput.Voted(votes.length - 1, votes[votes.length - 1]));
        return machine;
    }

    static List<TransactionCommand> finished(Outcome outcome) {
        return List.of(
                new TransactionCommand.Answer(outcome),
                new TransactionCommand.Learned(outcome),
                new TransactionCommand.Finish());
    }

    static BranchInput ended(int branch, Completion completion) {
        return new BranchInput.Ended(branch, completion);
    }

    static TwoPhaseCommit committing() {
        TwoPhaseCommit machine = decided(YES, YES);
        machine.step(new TwoPhaseInput.Decided(new CommitResult.Written()));
        return machine;
    }
}
