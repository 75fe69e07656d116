package dev.assent.tx.coordinator;

import dev.assent.event.EventStream;
import dev.assent.event.RecoveryEvent;
import dev.assent.tx.admin.TransactionMetrics;
import dev.assent.tx.model.AbortResult;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.ParsedBranch;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.recovery.RecoveryCommand;
import dev.assent.tx.spi.Acceptors;
import dev.assent.tx.spi.CoordinatorStore;
import dev.assent.tx.spi.HeuristicLedger;
import dev.assent.tx.spi.ResourceManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out one command of a recovery plan; what fails is planned again by the next pass. The resource is called on
 * threads of its own, the store on {@code crew}.
 */
final class RecoveryStep implements RecoveryCommand.Handler {
    private static final Logger LOG = LoggerFactory.getLogger(RecoveryStep.class);

    /** What a command came to. */
    enum Result {
        /** The branch needs nothing more. */
        ENDED,
        /** There is nothing to be done now: another scan is needed, or somebody's hand. */
        LEFT,
        /** The resource did not end the branch; it may later. */
        RESISTED
    }

    private final CoordinatorStore store;
    private final ResourceManager resource;
    private final TransactionMetrics metrics;
    private final EventStream events;
    private final BiConsumer<GlobalTxId, String> rolledBack;
    private final PointTables points;
    private final Acceptors acceptors;
    private final Executor crew;
    private final Patience patience;
    private final Consumer<RecoveryCommand.LeaveAlone> leftAlone;
    /** Set by the command itself, before {@link #run} returns it, and by nothing that comes later. */
    private CompletionStage<Result> result = left();

    RecoveryStep(
            RecoveryWorker.Context around,
            ResourceManager resource,
            Executor crew,
            Patience patience,
            Consumer<RecoveryCommand.LeaveAlone> leftAlone) {
        this.store = around.store();
        this.resource = resource;
        this.metrics = around.metrics();
        this.events = around.events();
        this.rolledBack = around.rolledBack();
        this.points = around.points();
        this.acceptors = around.acceptors();
        this.crew = crew;
        this.patience = patience;
        this.leftAlone = leftAlone;
    }

    /**
     * Runs the command. To be called on the crew; the stage fails with an {@link UncheckedIOException} when the store
     * does, and with a {@link java.util.concurrent.TimeoutException} when the resource does not answer in time.
     */
    CompletionStage<Result> run(RecoveryCommand command) {
        command.accept(this);
        return result;
    }

    @Override
    public void commit(RecoveryCommand.Commit command) {
        result = commit(command.branch(), "its COMMIT is decided");
    }

    private CompletionStage<Result> commit(ParsedBranch.Ours branch, String reason) {
        return patience.bounded(resource.recoverer().commit(branch.xid()))
                .thenApplyAsync(
                        completion -> {
                            boolean isOver = isOver(branch, completion, HeuristicOutcome.COMMITTED);
                            if (completion instanceof Completion.Done) {
                                metrics.branchRecoveredByCommit();
                                tell(branch, true);
                            }
                            return told(branch, "committed", reason, completion, isOver);
                        },
                        crew);
    }

    private void tell(ParsedBranch.Ours branch, boolean committed) {
        if (events.isHeard()) {
            String transaction = branch.transaction().toHex();
            events.tell(new RecoveryEvent.BranchEnded(resource.name(), transaction, committed));
        }
    }

    @Override
    public void rollback(RecoveryCommand.Rollback command) {
        result = rollback(command.branch(), command.reason());
    }

    private CompletionStage<Result> rollback(ParsedBranch.Ours branch, String reason) {
        return patience.bounded(resource.recoverer().rollback(branch.xid()))
                .thenApplyAsync(
                        completion -> {
                            boolean isOver = isOver(branch, completion, HeuristicOutcome.ROLLED_BACK);
                            if (completion instanceof Completion.Done) {
                                metrics.branchRecoveredByRollback();
                                tell(branch, false);
                                rolledBack.accept(
                                        branch.transaction(), reason); // it was prepared, and is not committed
                            }
                            return told(branch, "rolled back", reason, completion, isOver);
                        },
                        crew);
    }

    @Override
    public void terminate(RecoveryCommand.Terminate command) {
        ParsedBranch.Ours branch = command.branch();
        AbortResult decided;
        try {
            decided = store.decisions().abort(branch.transaction(), command.mark());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        decided.accept(new Obey(branch));
    }

    @Override
    public void leaveAlone(RecoveryCommand.LeaveAlone command) {
        metrics.branchLeftAlone();
        leftAlone.accept(command);
    }

    /** The resource that decides may be away, or a transaction may be inserting there; then another pass will see. */
    @Override
    public void terminateAtPoint(RecoveryCommand.TerminateAtPoint command) {
        ParsedBranch.Ours branch = command.branch();
        result = points.terminate(branch.transaction())
                .thenComposeAsync(
                        row -> row.map(decision -> obey(branch, decision)).orElseGet(RecoveryStep::left), crew);
    }

    private static CompletionStage<Result> left() {
        return CompletableFuture.completedStage(Result.LEFT);
    }

    private CompletionStage<Result> obey(ParsedBranch.Ours branch, Decision decision) {
        return switch (decision) {
            case COMMIT -> commit(branch, "its commit point has committed");
            case ABORT -> rollback(branch, "its commit point has not committed, and cannot any more");
        };
    }

    @Override
    public void terminateAtAcceptors(RecoveryCommand.TerminateAtAcceptors command) {
        ParsedBranch.Ours branch = command.branch();
        if (isCommitRecorded(branch)) {
            result = commit(branch, "its COMMIT is recorded");
            return;
        }
        result = acceptors
                .terminate(branch.transaction(), Optional.of(branch.branch().resource()))
                .thenComposeAsync(answer -> answer.accept(new ObeyAcceptors(branch)), crew);
    }

    /** What its acceptors chose. While they choose nothing the branch stays as it is, and that is told once. */
    private final class ObeyAcceptors implements Acceptors.Answer.Handler<CompletionStage<Result>> {
        private final ParsedBranch.Ours branch;

        ObeyAcceptors(ParsedBranch.Ours branch) {
            this.branch = branch;
        }

        @Override
        public CompletionStage<Result> chosen(Acceptors.Answer.Chosen answer) {
            return switch (answer.decision()) {
                case COMMIT -> {
                    CompletionStage<Void> unused =
                            store.decisions().record(branch.transaction(), List.of(branch.branch()));
                    yield commit(branch, "its acceptors chose COMMIT");
                }
                case ABORT -> rollback(branch, "its acceptors chose ABORT");
            };
        }

        /** Nobody forgets while a branch of a COMMIT is prepared; so a record is not expected here, and is obeyed. */
        @Override
        public CompletionStage<Result> forgotten(Acceptors.Answer.Forgotten answer) {
            return isCommitRecorded(branch)
                    ? commit(branch, "its COMMIT is recorded")
                    : rollback(branch, "its acceptors have forgotten it, and no COMMIT of it is recorded");
        }

        @Override
        public CompletionStage<Result> undecided(Acceptors.Answer.Undecided answer) {
            leaveAlone(new RecoveryCommand.LeaveAlone(branch, answer.why()));
            return left();
        }
    }

    /** One that cannot be read is no answer: then the branch waits for whoever mends it. */
    private boolean isCommitRecorded(ParsedBranch.Ours branch) {
        try {
            RecordRead read = store.decisions().read(branch.transaction());
            if (read instanceof RecordRead.Unreadable unreadable) {
                throw new IOException("the record of " + branch.transaction() + " cannot be read: " + unreadable.why());
            }
            return read instanceof RecordRead.Found found && found.record().decision() == Decision.COMMIT;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is decided past the deadline, perhaps just now and here. */
    private final class Obey implements AbortResult.Handler<AbortResult> {
        private final ParsedBranch.Ours branch;

        Obey(ParsedBranch.Ours branch) {
            this.branch = branch;
        }

        @Override
        public AbortResult decided(AbortResult.Decided decided) {
            switch (decided.record().decision()) {
                case COMMIT -> result = commit(branch, "its COMMIT is decided, and it is past its deadline");
                case ABORT -> result = rollback(branch, "ABORT is decided, as it is past its deadline");
            }
            return decided;
        }

        @Override
        public AbortResult scanAgain(AbortResult.ScanAgain again) {
            return again; // by the next pass
        }

        @Override
        public AbortResult unreadable(AbortResult.Unreadable unreadable) {
            leaveAlone(new RecoveryCommand.LeaveAlone(branch, unreadable.why()));
            return unreadable;
        }
    }

    /** One line for each branch that recovery has ended. */
    private Result told(ParsedBranch.Ours branch, String what, String reason, Completion completion, boolean isOver) {
        if (completion instanceof Completion.Done) {
            LOG.info(
                    "recovery {} a branch in {}: {}. Branch {}, there {}",
                    what,
                    resource.name(),
                    reason,
                    branch.xid(),
                    resource.localName(branch.xid()));
        } else {
            LOG.debug("recovery would have {} branch {} in {}: {}", what, branch.xid(), resource.name(), completion);
        }
        return isOver ? Result.ENDED : Result.RESISTED;
    }

    /** Whether the branch needs nothing more; a contradicting decision of its own is made durable first. */
    private boolean isOver(ParsedBranch.Ours branch, Completion completion, HeuristicOutcome agreed) {
        if (!completion.endsBranch()) {
            return false;
        }
        if (completion instanceof Completion.Heuristic alone) {
            return forgetOrKeep(branch, alone, agreed);
        }
        if (completion instanceof Completion.RolledBack rolledBack && agreed == HeuristicOutcome.COMMITTED) {
            Completion.Heuristic alone = new Completion.Heuristic(HeuristicOutcome.ROLLED_BACK, rolledBack.cause());
            return forgetOrKeep(branch, alone, agreed);
        }
        return true;
    }

    private boolean forgetOrKeep(ParsedBranch.Ours branch, Completion.Heuristic alone, HeuristicOutcome agreed) {
        if (alone.outcome() == agreed) {
            CompletionStage<Void> unused = resource.recoverer()
                    .forget(branch.xid())
                    .thenAccept(answer -> LOG.debug("branch {} is forgotten: {}", branch.xid(), answer));
            return true;
        }
        try {
            store.heuristics()
                    .keep(new HeuristicLedger.Entry(branch.xid(), resource.name(), alone.outcome(), alone.cause()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        LOG.error("branch {} of {} decided by itself: {}", branch.xid(), resource.name(), alone);
        return true;
    }
}
