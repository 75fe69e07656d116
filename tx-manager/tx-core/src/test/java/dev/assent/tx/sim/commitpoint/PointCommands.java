package dev.assent.tx.sim.commitpoint;

import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.PointAnswer;
import dev.assent.tx.model.PointLook;
import dev.assent.tx.model.PointReadiness;
import dev.assent.tx.model.Vote;
import dev.assent.tx.protocol.BranchCommand;
import dev.assent.tx.protocol.BranchInput;
import dev.assent.tx.protocol.TransactionCommand;
import dev.assent.tx.protocol.commitpoint.CommitPointCommand;
import dev.assent.tx.protocol.commitpoint.CommitPointInput;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Carries the commands of one transaction's machine out, as messages to simulated databases. */
final class PointCommands implements CommitPointCommand.Handler {
    private static final int NO_BRANCH = -1;

    private final SimPoint of;
    private final PointFlaw flaw;
    private final SimEpochs epochs;
    private boolean wasFenced;

    PointCommands(SimPoint of, PointFlaw flaw, SimEpochs epochs) {
        this.of = of;
        this.flaw = flaw;
        this.epochs = epochs;
    }

    private void send(int branch, Supplier<Runnable> effect, Runnable lost) {
        of.send(new SimMessage(() -> Optional.of(effect.get()), lost, branch));
    }

    private void later(Runnable action) {
        send(NO_BRANCH, () -> action, action);
    }

    // ---- the commit point

    @Override
    public void readyPoint(CommitPointCommand.ReadyPoint command) {
        int branch = command.branch();
        boolean early = flaw == PointFlaw.ASSIGNS_WHILE_OTHERS_PREPARE;
        Runnable lost = () -> of.input(new CommitPointInput.PointReady(new PointReadiness.Refused("no answer")));
        send(
                branch,
                () -> {
                    PointReadiness ready = of.database(branch).ready(of.xid(branch), command.assign() || early);
                    return early ? () -> {} : () -> of.input(new CommitPointInput.PointReady(ready));
                },
                early ? () -> {} : lost);
        if (early) {
            of.input(new CommitPointInput.PointReady(new PointReadiness.Assigned()));
        }
    }

    @Override
    public void commitThrough(CommitPointCommand.CommitThrough command) {
        boolean early = flaw == PointFlaw.COMMITS_OTHERS_BEFORE_THE_POINT;
        of.send(new SimMessage(
                () -> insertThenCommit(command)
                        .map(answer -> early ? () -> {} : () -> of.input(new CommitPointInput.PointAnswered(answer))),
                early ? () -> {} : () -> of.input(new CommitPointInput.PointAnswered(lostAnswer())),
                command.branch()));
        if (early) {
            of.input(new CommitPointInput.PointAnswered(new PointAnswer.Committed()));
        }
    }

    /** Two steps, and others may come between. */
    private Optional<PointAnswer> insertThenCommit(CommitPointCommand.CommitThrough command) {
        int branch = command.branch();
        SimDatabase database = of.database(branch);
        if (!database.isInserting(of.id())) {
            return database.insertCommit(of.xid(branch), of.id());
        }
        List<BranchName> others = command.prepared().stream().map(of::name).toList();
        boolean few = flaw == PointFlaw.NAMES_ONE_BRANCH_ONLY;
        return Optional.of(database.commitInserted(of.xid(branch), of.id(), few ? others.subList(0, 1) : others));
    }

    private PointAnswer lostAnswer() {
        if (flaw == PointFlaw.TAKES_A_LOST_ANSWER_FOR_ABORT) {
            return new PointAnswer.Refused("no answer");
        }
        return flaw == PointFlaw.TAKES_A_LOST_ANSWER_FOR_COMMIT
                ? new PointAnswer.Committed()
                : new PointAnswer.Lost("no answer");
    }

    @Override
    public void insertAbort(CommitPointCommand.InsertAbort command) {
        wasFenced = epochs.isFenced(of.id());
        of.send(new SimMessage(
                () -> found().map(decision -> () -> of.input(new CommitPointInput.RowFound(decision))),
                () -> of.input(new CommitPointInput.NotTold("no answer")),
                NO_BRANCH));
    }

    private Optional<Decision> found() {
        SimDatabase table = of.pointDatabase();
        if (flaw == PointFlaw.LOOKS_FOR_THE_LOST_ANSWER) {
            return Optional.of(table.look(of.id()).row().orElse(Decision.ABORT));
        }
        Optional<Decision> found = table.insertAbort(of.id());
        if (found.isPresent()) {
            table.trace().effect("findOut");
        }
        if (flaw == PointFlaw.ZOMBIE_DELETES_WHAT_IT_FOUND) {
            table.delete(List.of(of.id()));
        }
        return found;
    }

    @Override
    public void lookAtEpoch(CommitPointCommand.LookAtEpoch command) {
        send(
                NO_BRANCH,
                () -> {
                    of.pointDatabase().trace().effect("look");
                    boolean fenced =
                            switch (flaw) {
                                case TELLS_ROLLED_BACK_IN_A_FENCED_EPOCH -> false;
                                case CHECKS_THE_EPOCH_FIRST -> wasFenced;
                                default -> epochs.isFenced(of.id());
                            };
                    return () -> of.input(new CommitPointInput.EpochLooked(fenced));
                },
                () -> of.input(new CommitPointInput.NotTold("the store is away")));
    }

    @Override
    public void releaseRow(CommitPointCommand.ReleaseRow command) {
        later(() -> of.pointDatabase().delete(List.of(of.id())));
    }

    // ---- the others

    @Override
    public void prepare(BranchCommand.Prepare command) {
        int branch = command.branch();
        boolean early = flaw == PointFlaw.TELLS_THE_POINT_BEFORE_ALL_PREPARED;
        Vote lost =
                flaw == PointFlaw.TAKES_A_LOST_VOTE_FOR_A_YES ? new Vote.Prepared() : new Vote.Unconfirmed("no answer");
        send(
                branch,
                () -> {
                    Vote vote = of.database(branch).prepare(of.xid(branch));
                    return early ? () -> {} : () -> of.input(new BranchInput.Voted(branch, vote));
                },
                early ? () -> {} : () -> of.input(new BranchInput.Voted(branch, lost)));
        if (early) {
            of.input(new BranchInput.Voted(branch, new Vote.Prepared()));
        }
    }

    @Override
    public void cutShort(BranchCommand.CutShort command) {}

    @Override
    public void commitOnePhase(BranchCommand.CommitOnePhase command) {
        int branch = command.branch();
        tell(branch, () -> of.database(branch).commitOnePhase(of.xid(branch)));
    }

    @Override
    public void commit(BranchCommand.Commit command) {
        int branch = command.branch();
        tell(branch, () -> {
            Completion ended = of.database(branch).commit(of.xid(branch), of.isDecided());
            if (flaw == PointFlaw.COORDINATOR_DELETES_EARLY) {
                of.pointDatabase().delete(List.of(of.id()));
            }
            return ended;
        });
    }

    @Override
    public void rollback(BranchCommand.Rollback command) {
        int branch = command.branch();
        tell(branch, () -> of.database(branch).rollback(of.xid(branch), of.isDecided()));
    }

    private void tell(int branch, Supplier<Completion> call) {
        send(
                branch,
                () -> {
                    Completion ended = call.get();
                    return () -> of.input(new BranchInput.Ended(branch, ended));
                },
                () -> of.input(new BranchInput.Ended(branch, new Completion.Retry("no answer"))));
    }

    @Override
    public void retryLater(BranchCommand.RetryLater command) {
        later(() -> of.input(new BranchInput.RetryDue(command.branch())));
    }

    @Override
    public void checkAbsence(BranchCommand.CheckAbsence command) {
        later(() -> {
            PointLook look = of.pointDatabase().look(of.id());
            if (!look.takenUp() && !epochs.isFenced(of.id())) {
                throw new PointViolation("a hazard is told although nobody ended a branch by hand");
            }
            of.input(new BranchInput.AbsenceChecked(command.branch(), true));
        });
    }

    @Override
    public void keepHeuristic(BranchCommand.KeepHeuristic command) {
        throw new PointViolation("no branch decides by itself here: " + command);
    }

    @Override
    public void answer(TransactionCommand.Answer command) {
        Outcome outcome = command.outcome();
        of.told(outcome);
    }

    @Override
    public void learned(TransactionCommand.Learned command) {}

    @Override
    public void finish(TransactionCommand.Finish command) {}
}
