package dev.assent.tx.coordinator;

import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Vote;
import dev.assent.tx.protocol.BranchCommand;
import dev.assent.tx.protocol.BranchInput;
import dev.assent.tx.protocol.Route;
import dev.assent.tx.protocol.TransactionCommand;
import dev.assent.tx.protocol.TransactionInput;
import dev.assent.tx.spi.HeuristicLedger;
import dev.assent.tx.spi.Participant;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what every protocol wants of its branches, and brings back what came of it; a protocol's own effects
 * extend it. No method waits for a participant.
 */
abstract class BranchEffects<I extends TransactionInput.Handler & BranchInput.Handler>
        implements BranchCommand.Handler, TransactionCommand.Handler {
    private static final Logger LOG = LoggerFactory.getLogger(BranchEffects.class);
    private static final long LEDGER_PAUSE_MILLIS = 1_000;

    /** What is around the branches of all transactions. Nothing of it blocks, but for what says so. */
    interface Context {
        Workers workers();

        HeuristicLedger ledger();

        /** Whether recovery may have ended branches of the transaction by now. Waits for the store. */
        boolean mayBeEndedByRecovery(GlobalTxId transaction) throws IOException;

        /** Who reaches the branch's resource now. */
        Participant recovererFor(Branch branch);

        String resourceName(BranchName branch);
    }

    private final Context around;
    private final GlobalTxId id;
    private final List<Branch> branches;
    private final TransactionRun<I, ?> run;

    BranchEffects(Context around, GlobalTxId id, List<Branch> branches, TransactionRun<I, ?> run) {
        this.around = around;
        this.id = id;
        this.branches = branches;
        this.run = run;
    }

    final Branch branch(int place) {
        return branches.get(place);
    }

    @Override
    public final void prepare(BranchCommand.Prepare command) {
        Branch branch = branch(command.branch());
        run.news().prepareAsked(command.branch());
        CompletionStage<Vote> unused = vote(branch).whenComplete((vote, failed) -> {
            Vote cast = vote != null ? vote : new Vote.Unconfirmed("prepare failed: " + failed);
            run.news().voted(branch, command.branch(), cast);
            run.post(new BranchInput.Voted(command.branch(), cast));
        });
    }

    @Override
    public final void cutShort(BranchCommand.CutShort command) {
        Branch branch = branch(command.branch());
        branch.participant().cutShort(branch.xid());
    }

    @Override
    public final void commitOnePhase(BranchCommand.CommitOnePhase command) {
        Branch branch = branch(command.branch());
        end(command.branch(), true, () -> branch.participant().commitOnePhase(branch.xid()));
    }

    @Override
    public final void commit(BranchCommand.Commit command) {
        Branch branch = branch(command.branch());
        end(command.branch(), true, () -> participant(branch, command.route()).commit(branch.xid()));
    }

    @Override
    public final void rollback(BranchCommand.Rollback command) {
        Branch branch = branch(command.branch());
        end(command.branch(), false, () -> participant(branch, command.route()).rollback(branch.xid()));
    }

    private void end(int branch, boolean commit, Supplier<CompletionStage<Completion>> call) {
        run.news().endAsked(branch);
        CompletionStage<Completion> unused = completion(call).whenComplete((completion, failed) -> {
            Completion known = completion != null ? completion : new Completion.Retry("failed: " + failed);
            run.news().answered(branch(branch), branch, commit, known);
            run.post(new BranchInput.Ended(branch, known));
        });
    }

    private Participant participant(Branch branch, Route route) {
        return switch (route) {
            case WORKER -> branch.participant();
            case ANY -> around.recovererFor(branch);
        };
    }

    /** Participants promise not to throw; if one does, the effect is unknown, and the protocol has a word for that. */
    private static CompletionStage<Vote> vote(Branch branch) {
        try {
            return branch.participant().prepare(branch.xid());
        } catch (RuntimeException e) {
            LOG.warn("prepare of {} threw", branch.xid(), e);
            return CompletableFuture.failedStage(e);
        }
    }

    private static CompletionStage<Completion> completion(Supplier<CompletionStage<Completion>> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            LOG.warn("a participant threw", e);
            return CompletableFuture.failedStage(e);
        }
    }

    @Override
    public final void retryLater(BranchCommand.RetryLater command) {
        around.workers().later(command.pauseMillis(), () -> run.post(new BranchInput.RetryDue(command.branch())));
    }

    @Override
    public void checkAbsence(BranchCommand.CheckAbsence command) {
        onLedgerThread(() -> check(command));
    }

    @Override
    public final void keepHeuristic(BranchCommand.KeepHeuristic command) {
        onLedgerThread(() -> keep(command));
    }

    /** Which may wait for the store. A task that finds no place there comes back. */
    final void onLedgerThread(Runnable task) {
        if (!around.workers().ledger().execute(task)) {
            later(task);
        }
    }

    private void later(Runnable task) {
        around.workers().later(LEDGER_PAUSE_MILLIS, () -> onLedgerThread(task));
    }

    private void check(BranchCommand.CheckAbsence command) {
        try {
            run.post(new BranchInput.AbsenceChecked(command.branch(), around.mayBeEndedByRecovery(id)));
        } catch (IOException e) {
            LOG.debug("why {} lacks a branch is looked into later", id, e);
            later(() -> check(command));
        }
    }

    private void keep(BranchCommand.KeepHeuristic command) {
        Branch branch = branch(command.branch());
        String resource = around.resourceName(branch.name());
        try {
            around.ledger().keep(new HeuristicLedger.Entry(branch.xid(), resource, command.outcome(), command.cause()));
            LOG.error(
                    "branch {} of resource {} decided by itself: {} ({}); an operator must look at it",
                    branch.xid(),
                    resource,
                    command.outcome(),
                    command.cause());
            run.post(new BranchInput.HeuristicKept(command.branch()));
        } catch (IOException e) {
            LOG.warn("a heuristic outcome of {} could not be stored yet: {}", branch.xid(), e.getMessage());
            later(() -> keep(command));
        }
    }

    @Override
    public final void answer(TransactionCommand.Answer command) {
        run.answer(command.outcome());
    }

    @Override
    public final void learned(TransactionCommand.Learned command) {
        run.learned(command.outcome());
    }

    @Override
    public final void finish(TransactionCommand.Finish command) {
        run.finished();
    }
}
