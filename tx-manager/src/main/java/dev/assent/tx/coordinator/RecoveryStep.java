package dev.assent.tx.coordinator;

import dev.assent.coordination.model.Invariants;
import dev.assent.tx.admin.TransactionMetrics;
import dev.assent.tx.model.AbortResult;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.ParsedBranch;
import dev.assent.tx.recovery.RecoveryCommand;
import dev.assent.tx.spi.HeuristicLedger;
import dev.assent.tx.spi.ResourceManager;
import java.io.IOException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the commands of a recovery plan for one resource; what fails is planned again by the next pass. */
final class RecoveryStep implements RecoveryCommand.Handler {
    private static final Logger LOG = LoggerFactory.getLogger(RecoveryStep.class);

    private static final long ANSWER_MILLIS_MAX = 30_000;

    private final RecoveryWorker.Store store;
    private final @Nullable ResourceManager resource;
    private final TransactionMetrics metrics;
    private final Runnable scanAgain;

    RecoveryStep(
            RecoveryWorker.Store store,
            @Nullable ResourceManager resource,
            TransactionMetrics metrics,
            Runnable scanAgain) {
        this.store = store;
        this.resource = resource;
        this.metrics = metrics;
        this.scanAgain = scanAgain;
    }

    @Override
    public void commit(RecoveryCommand.Commit command) throws IOException {
        ParsedBranch.Ours branch = command.branch();
        Completion completion = told(resource().recoverer().commit(branch.xid()));
        LOG.info("recovery committed branch {}: {}", branch.xid(), completion);
        if (isOver(branch, completion, HeuristicOutcome.COMMITTED)) {
            metrics.branchRecoveredByCommit();
            if (command.acknowledge()) {
                store.log().acknowledge(branch.transaction(), Set.of(branch.branch()));
            }
        }
    }

    @Override
    public void rollback(RecoveryCommand.Rollback command) throws IOException {
        ParsedBranch.Ours branch = command.branch();
        Completion completion = told(resource().recoverer().rollback(branch.xid()));
        LOG.info("recovery rolled back branch {}: {}", branch.xid(), completion);
        if (isOver(branch, completion, HeuristicOutcome.ROLLED_BACK)) {
            metrics.branchRecoveredByRollback();
        }
    }

    @Override
    public void terminate(RecoveryCommand.Terminate command) throws IOException {
        ParsedBranch.Ours branch = command.branch();
        AbortResult result = store.log().abort(branch.transaction(), command.mark());
        if (result instanceof AbortResult.Decided decided) {
            switch (decided.record().verdict()) {
                // Its coordinator lives and acknowledges.
                case COMMIT -> commit(new RecoveryCommand.Commit(branch, false));
                case ABORT -> rollback(new RecoveryCommand.Rollback(branch));
            }
        } else {
            scanAgain.run();
        }
    }

    @Override
    public void acknowledge(RecoveryCommand.Acknowledge command) throws IOException {
        store.log().acknowledge(command.transaction(), command.ended());
    }

    @Override
    public void delete(RecoveryCommand.Delete command) throws IOException {
        store.log().delete(command.shard(), command.transactions());
    }

    /** Whether the branch needs nothing more; a contradicting decision of its own is made durable first. */
    private boolean isOver(ParsedBranch.Ours branch, Completion completion, HeuristicOutcome agreed)
            throws IOException {
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

    private boolean forgetOrKeep(ParsedBranch.Ours branch, Completion.Heuristic alone, HeuristicOutcome agreed)
            throws IOException {
        if (alone.outcome() == agreed) {
            Completion forgotten = told(resource().recoverer().forget(branch.xid()));
            return forgotten.endsBranch();
        }
        store.ledger().keep(new HeuristicLedger.Entry(branch.xid(), resource().name(), alone.outcome(), alone.cause()));
        LOG.error(
                "branch {} of {} decided by itself: {}",
                branch.xid(),
                resource().name(),
                alone);
        return true;
    }

    /** Waits for the resource, but not for ever: the next pass finds the branch as it then is. */
    private static Completion told(CompletionStage<Completion> answer) {
        try {
            return answer.toCompletableFuture().get(ANSWER_MILLIS_MAX, TimeUnit.MILLISECONDS);
        } catch (TimeoutException hangs) {
            return new Completion.Retry("no answer within " + ANSWER_MILLIS_MAX + " ms");
        } catch (ExecutionException bug) {
            return new Completion.Retry(reason(bug));
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return new Completion.Retry("this process is stopping");
        }
    }

    /** What a stage that failed says. */
    static String reason(@Nullable Throwable failed) {
        Throwable cause = failed instanceof CompletionException || failed instanceof ExecutionException
                ? failed.getCause()
                : failed;
        return cause == null ? "it gave no answer" : String.valueOf(cause.getMessage());
    }

    private ResourceManager resource() {
        Invariants.check(resource != null, "only deletions need no resource");
        return Objects.requireNonNull(resource);
    }
}
