package dev.assent.tx.coordinator;

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
import dev.assent.tx.protocol.TransactionCommand;
import dev.assent.tx.protocol.TransactionInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Another protocol in small, to try the seam with: the first branch is never prepared, and its resource decides by a
 * row that commits together with it. Only that much is here; what makes a commit point safe (an epoch, whoever
 * terminates, deleting rows) is not.
 */
final class CommitPointSketch implements CommitProtocol<CommitPointSketch.Inputs, CommitPointSketch.Commands> {
    private static final int POINT = 0;

    /** Commit the first branch with a row that names the others; answered by {@link Decided}. */
    record InsertRow(List<Integer> prepared) implements Message<Commands> {
        @Override
        public void accept(Commands handler) {
            handler.insertRow(this);
        }
    }

    /** The row that is there. */
    record Decided(Decision decision) implements Message<Inputs> {
        @Override
        public void accept(Inputs handler) {
            handler.decided(this);
        }
    }

    /** What it understands. */
    interface Inputs extends TransactionInput.Handler, BranchInput.Handler {
        void decided(Decided input);
    }

    /** What it wants. */
    interface Commands extends TransactionCommand.Handler, BranchCommand.Handler {
        void insertRow(InsertRow command);
    }

    private enum Phase {
        VOTING,
        DECIDING,
        TELLING,
        ENDED
    }

    private final Branches branches;
    private final OutcomeTelling telling = new OutcomeTelling(this::command);
    private final PhaseTwo phaseTwo;
    private final Steps steps = new Steps();
    private List<Message<? super Commands>> commands = new ArrayList<>();
    private Outcome decided = new Outcome.Unknown("not decided yet");
    private Phase phase = Phase.VOTING;

    CommitPointSketch(int branchCount, Backoff backoff) {
        branches = new Branches(branchCount);
        phaseTwo = new PhaseTwo(branches, backoff, this::command);
    }

    private void command(Message<? super Commands> command) {
        commands.add(command);
    }

    @Override
    public List<Message<? super Commands>> step(Message<? super Inputs> input) {
        input.accept(steps);
        List<Message<? super Commands>> result = commands;
        commands = new ArrayList<>();
        return result;
    }

    @Override
    public boolean isFinished() {
        return phase == Phase.ENDED;
    }

    /** One method an input. */
    private final class Steps implements Inputs {

        @Override
        public void commitAsked(TransactionInput.CommitAsked input) {
            branches.forEach(branch -> {
                if (branch.index() != POINT) {
                    command(branch.prepare());
                }
            });
        }

        @Override
        public void voted(BranchInput.Voted input) {
            Optional<String> refusal = branches.get(input.branch()).voted(input.vote());
            if (phase == Phase.TELLING) {
                phaseTwo.votedTooLate(input.branch());
                settle();
            } else if (refusal.isPresent()) {
                rollback(refusal.get());
            } else if (branches.all(branch -> branch.index() == POINT || branch.hasVoted())) {
                phase = Phase.DECIDING;
                command(new InsertRow(branches.prepared()));
            }
        }

        @Override
        public void decided(Decided input) {
            branches.get(POINT).end();
            switch (input.decision()) {
                case COMMIT -> {
                    phase = Phase.TELLING;
                    decided = new Outcome.Committed();
                    phaseTwo.commit();
                    settle();
                }
                case ABORT -> {
                    phaseTwo.decidedByOthers();
                    rollback("somebody put ABORT there first");
                }
            }
        }

        @Override
        public void rollbackAsked(TransactionInput.RollbackAsked input) {
            rollbackUnlessDeciding(input.cause());
        }

        @Override
        public void expired(TransactionInput.Expired input) {
            rollbackUnlessDeciding(input.cause());
            phaseTwo.cutShort();
        }

        private void rollbackUnlessDeciding(String cause) {
            if (phase == Phase.VOTING) {
                rollback(cause);
            }
        }

        @Override
        public void ended(BranchInput.Ended input) {
            phaseTwo.ended(input.branch(), input.completion());
            settle();
        }

        @Override
        public void retryDue(BranchInput.RetryDue input) {
            phaseTwo.retryDue(input.branch());
        }

        @Override
        public void absenceChecked(BranchInput.AbsenceChecked input) {
            phaseTwo.absenceChecked(input.branch(), input.endedByRecovery());
            settle();
        }

        @Override
        public void heuristicKept(BranchInput.HeuristicKept input) {
            phaseTwo.heuristicKept(input.branch());
            settle();
        }

        @Override
        public void waitedEnough(TransactionInput.WaitedEnough input) {
            telling.answer(branches.outcome(decided));
        }
    }

    private void rollback(String cause) {
        phase = Phase.TELLING;
        decided = new Outcome.RolledBack(cause);
        phaseTwo.rollback();
        settle();
    }

    private void settle() {
        if (branches.all(BranchProgress::hasEnded)) {
            phase = Phase.ENDED;
            telling.finish(branches.outcome(decided));
        }
    }
}
