package dev.assent.tx.sim;

import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.CommitResult;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.model.Vote;
import dev.assent.tx.protocol.BranchCommand;
import dev.assent.tx.protocol.BranchInput;
import dev.assent.tx.protocol.Route;
import dev.assent.tx.protocol.TransactionCommand;
import dev.assent.tx.protocol.twophase.DecisionCommand;
import dev.assent.tx.protocol.twophase.DecisionInput;
import dev.assent.tx.protocol.twophase.DecisionWrite;
import dev.assent.tx.protocol.twophase.LoneBranch;
import dev.assent.tx.protocol.twophase.TwoPhaseCommand;
import dev.assent.tx.protocol.twophase.TwoPhaseInput;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Carries the commands of one transaction's machines out, as effects on the simulated store and resources. */
final class SimCommands implements TwoPhaseCommand.Handler, DecisionCommand.Handler {
    private final SimTransaction of;
    private final Flaw flaw;
    private final SimStore store;
    private final LoneBranch loneBranch;
    private @Nullable DecisionWrite write;

    SimCommands(SimTransaction of, Flaw flaw, SimStore store, LoneBranch loneBranch) {
        this.of = of;
        this.flaw = flaw;
        this.store = store;
        this.loneBranch = loneBranch;
    }

    @Override
    public void prepare(BranchCommand.Prepare command) {
        int branch = command.branch();
        SimResource resource = of.resource(branch);
        of.pending()
                .add(new SimEffect(
                        of,
                        () -> {
                            Vote vote = resource.prepare(of.xid(branch));
                            return () -> of.input(new BranchInput.Voted(branch, vote));
                        },
                        () -> {
                            of.hands().unanswered(branch);
                            of.input(new BranchInput.Voted(branch, new Vote.Unconfirmed("no answer")));
                        },
                        () -> of.input(new BranchInput.Voted(branch, new Vote.Rollback("not sent"))),
                        branch,
                        true));
    }

    /** Every other branch's participant hears it; those that do not go on hanging. */
    @Override
    public void cutShort(BranchCommand.CutShort command) {
        int branch = command.branch();
        List<SimEffect> hanging = of.pending().stream()
                .filter(effect -> effect.isHangingPrepare() && effect.branch() == branch)
                .toList();
        if (branch % 2 == 0) {
            of.pending().removeAll(hanging);
            for (SimEffect effect : hanging) {
                if (!effect.hasTakenEffect()) {
                    of.resource(branch).cutOff(of.xid(branch));
                    of.unread().add(effect);
                }
                later(effect.withoutAnswer());
            }
        }
    }

    @Override
    public void commitOnePhase(BranchCommand.CommitOnePhase command) {
        int branch = command.branch();
        SimResource resource = of.resource(branch);
        if (flaw == Flaw.LEAVES_A_LOST_PREPARE && of.nature(branch) == SimResource.Nature.DISTRUSTED) {
            commitUndecided(branch);
        } else {
            tell(branch, () -> flawedOnePhase(resource.commitOnePhase(of.xid(branch))));
        }
    }

    /** As a driver would that prepares and commits in one call, and tells a lost prepare as a rollback. */
    private void commitUndecided(int branch) {
        SimResource resource = of.resource(branch);
        Runnable lost =
                () -> of.input(new BranchInput.Ended(branch, new Completion.RolledBack("prepare was not confirmed")));
        of.pending()
                .add(new SimEffect(
                        of,
                        () -> {
                            Vote unused = resource.prepare(of.xid(branch));
                            return () -> {
                                resource.commitUndecided(of.xid(branch));
                                of.input(new BranchInput.Ended(branch, new Completion.Done()));
                            };
                        },
                        lost,
                        lost,
                        branch,
                        false));
    }

    private Completion flawedOnePhase(Completion completion) {
        boolean wrong =
                flaw == Flaw.TAKES_NOT_KNOWN_FOR_DONE_WITHOUT_RECORD && completion instanceof Completion.NotKnown;
        return wrong ? new Completion.Done() : completion;
    }

    @Override
    public void commit(BranchCommand.Commit command) {
        int branch = command.branch();
        tell(
                branch,
                () -> explained(command.route(), branch, of.resource(branch).commit(of.xid(branch))));
    }

    @Override
    public void rollback(BranchCommand.Rollback command) {
        int branch = command.branch();
        tell(
                branch,
                () -> explained(command.route(), branch, of.resource(branch).rollback(of.xid(branch))));
    }

    /** Every other branch's database tells who did the work how a branch ended that was prepared and is gone. */
    private Completion explained(Route route, int branch, Completion answer) {
        boolean asked = route == Route.WORKER && flaw != Flaw.NEVER_ASKS_WHO_WORKED && isWitnessed(branch);
        if (!asked || !(answer instanceof Completion.NotKnown)) {
            return answer;
        }
        return switch (of.resource(branch).state(of.xid(branch))) {
            case COMMITTED -> new Completion.Heuristic(HeuristicOutcome.COMMITTED, "so the database says");
            case ROLLED_BACK -> new Completion.Heuristic(HeuristicOutcome.ROLLED_BACK, "so the database says");
            case WORKING, PREPARED, READ_ONLY_ENDED -> answer;
        };
    }

    private void tell(int branch, Supplier<Completion> call) {
        Completion lost = new Completion.Retry("no answer");
        Completion unsent = new Completion.Unsent("no link");
        of.pending()
                .add(new SimEffect(
                        of,
                        () -> {
                            Completion result = call.get();
                            return () -> of.input(new BranchInput.Ended(branch, result));
                        },
                        () -> {
                            of.hands().unanswered(branch);
                            of.input(new BranchInput.Ended(
                                    branch, flaw == Flaw.TAKES_UNANSWERED_FOR_UNSENT ? unsent : lost));
                        },
                        () -> of.input(new BranchInput.Ended(
                                branch, flaw == Flaw.TAKES_UNSENT_FOR_UNANSWERED ? lost : unsent)),
                        branch,
                        false));
    }

    @Override
    public void writeDecision(TwoPhaseCommand.WriteDecision command) {
        DecisionWrite started = new DecisionWrite();
        write = started;
        if (flaw == Flaw.COMMITS_BEFORE_THE_RECORD) {
            of.input(new TwoPhaseInput.Decided(new CommitResult.Written()));
        }
        started.begin().accept(this);
    }

    private void decisionInput(DecisionInput input) {
        DecisionWrite running = write;
        if (!of.isCrashed() && running != null) {
            input.accept(store.trace().decisionInputs());
            running.step(input).accept(this);
        }
    }

    private void ask(Supplier<DecisionInput> request) {
        of.pending()
                .add(new SimEffect(
                        of,
                        () -> {
                            DecisionInput result = request.get();
                            return () -> decisionInput(result);
                        },
                        () -> decisionInput(new DecisionInput.ConnectionLost("lost"))));
    }

    @Override
    public void create(DecisionCommand.Create command) {
        List<BranchName> prepared = new ArrayList<>();
        for (int branch = 0; branch < of.branches(); branch++) {
            if (of.nature(branch).isWriter()) {
                prepared.add(of.name(branch));
            }
        }
        ask(() -> store.createCommit(of.id(), prepared));
    }

    @Override
    public void awaitConnection(DecisionCommand.AwaitConnection command) {
        ask(DecisionInput.Reconnected::new);
    }

    @Override
    public void syncAndRead(DecisionCommand.SyncAndRead command) {
        ask(() -> {
            store.trace().effect("read");
            return store.read(of.id()).accept(new Read());
        });
    }

    private final class Read implements RecordRead.Handler<DecisionInput> {
        @Override
        public DecisionInput absent(RecordRead.Absent read) {
            return new DecisionInput.Absent();
        }

        @Override
        public DecisionInput found(RecordRead.Found read) {
            return new DecisionInput.Found(
                    flaw == Flaw.TAKES_ANY_RECORD_FOR_COMMIT
                            ? Decision.COMMIT
                            : read.record().decision());
        }

        @Override
        public DecisionInput unreadable(RecordRead.Unreadable read) {
            return new DecisionInput.GaveUp(read.why());
        }
    }

    @Override
    public void conclude(DecisionCommand.Conclude command) {
        if (flaw == Flaw.COMMITS_BEFORE_THE_RECORD) {
            return;
        }
        CommitResult result = command.result();
        if (flaw == Flaw.DELETES_COMMIT_EARLY && result instanceof CommitResult.Written) {
            store.delete(of.id());
        }
        boolean wrong = flaw == Flaw.ROLLS_BACK_WHEN_FENCED_AND_ABSENT && result instanceof CommitResult.Unknown;
        of.input(new TwoPhaseInput.Decided(wrong ? new CommitResult.Fenced() : result));
    }

    @Override
    public void retryLater(BranchCommand.RetryLater command) {
        later(() -> of.input(new BranchInput.RetryDue(command.branch())));
    }

    @Override
    public void checkAbsence(BranchCommand.CheckAbsence command) {
        later(() -> {
            boolean endedByRecovery = flaw != Flaw.TAKES_ANY_ABSENCE_FOR_A_HAND && of.isRecoveryAtWork();
            if (!endedByRecovery && !of.hands().ended(command.branch())) {
                throw new Violation("a hazard is told although nobody ended a branch by hand");
            }
            of.input(new BranchInput.AbsenceChecked(command.branch(), endedByRecovery));
        });
    }

    @Override
    public void keepHeuristic(BranchCommand.KeepHeuristic command) {
        of.hands().kept(command.branch());
        later(() -> of.input(new BranchInput.HeuristicKept(command.branch())));
    }

    @Override
    public void releaseRecord(TwoPhaseCommand.ReleaseRecord command) {
        boolean ledShard = loneBranch == LoneBranch.WITH_RECORD;
        later(ledShard ? () -> store.release(of.id()) : () -> store.delete(of.id()));
    }

    private void later(Runnable action) {
        of.pending().add(new SimEffect(of, () -> action, action));
    }

    @Override
    public void answer(TransactionCommand.Answer command) {
        boolean wrong = flaw == Flaw.REPORTS_ROLLBACK_ON_UNKNOWN && command.outcome() instanceof Outcome.Unknown;
        of.told(wrong ? new Outcome.RolledBack("presumed") : command.outcome());
    }

    @Override
    public void learned(TransactionCommand.Learned command) {}

    @Override
    public void finish(TransactionCommand.Finish command) {
        Outcome told = of.answer();
        if (told != null && !of.isRecoveryAtWork()) {
            of.hands().checkNoticed(told, SimCommands::isWitnessed);
        }
    }

    /** Every other branch's database tells who did the work how it ended. */
    private static boolean isWitnessed(int branch) {
        return branch % 2 == 1;
    }
}
