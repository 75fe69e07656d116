package dev.assent.rm.tcc;

import dev.assent.tx.bulkhead.Bulkhead;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Vote;
import dev.assent.tx.spi.Participant;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Confirms and cancels, in the process that tried as in any other: all it needs is in the branch's row. Runs on the
 * resource's bulkhead; each attempt is one local transaction. Thread-safe.
 */
final class TccEnder implements Participant {
    private static final Logger LOG = LoggerFactory.getLogger(TccEnder.class);

    private final TccResource home;
    private final Bulkhead bulkhead;
    private final Complaints complaints;

    TccEnder(TccResource home, Bulkhead bulkhead, Complaints complaints) {
        this.home = home;
        this.bulkhead = bulkhead;
        this.complaints = complaints;
    }

    /** Nobody who asks here has tried. */
    @Override
    public CompletionStage<Vote> prepare(BranchId branch) {
        return CompletableFuture.completedStage(
                new Vote.Rollback("the process that tried in " + home.name() + " is gone"));
    }

    @Override
    public CompletionStage<Completion> commit(BranchId branch) {
        return ended(branch, this::commitIn);
    }

    /** One that was cancelled meanwhile, past its deadline, has rolled back. */
    @Override
    public CompletionStage<Completion> commitOnePhase(BranchId branch) {
        return ended(branch, this::commitIn)
                .thenApply(answer -> answer instanceof Completion.Heuristic alone
                        ? new Completion.RolledBack(alone.cause())
                        : answer);
    }

    @Override
    public CompletionStage<Completion> rollback(BranchId branch) {
        return ended(branch, this::rollbackIn);
    }

    /** What contradicts a decision stays in the row as it is. */
    @Override
    public CompletionStage<Completion> forget(BranchId branch) {
        return CompletableFuture.completedStage(new Completion.Done());
    }

    private interface Ending {
        Completion in(Connection connection, BranchId branch) throws Exception;
    }

    private CompletionStage<Completion> ended(BranchId branch, Ending ending) {
        return bulkhead.call(() -> end(branch, ending), Completion.Unsent::new, Completion.Retry::new);
    }

    private Completion end(BranchId branch, Ending ending) {
        try {
            return home.local().run(connection -> ending.in(connection, branch));
        } catch (LocalFailure failed) {
            String why = "branch in " + home.name() + ": " + failed.getMessage();
            complaints.about(branch, failed);
            note(branch, failed);
            return failed.mayHaveCommitted() ? new Completion.Retry(why) : new Completion.Unsent(why);
        }
    }

    private Completion commitIn(Connection connection, BranchId branch) throws Exception {
        Optional<FenceTable.Row> row = home.fence().locked(connection, branch);
        return switch (FenceRule.onCommit(row.map(FenceTable.Row::state))) {
            case CONFIRM -> {
                FenceTable.Row tried = row.orElseThrow();
                home.named(tried.participant()).confirm(connection, tried.arguments());
                home.fence().end(connection, branch, FenceState.CONFIRMED);
                yield new Completion.Done();
            }
            case DONE -> new Completion.Done();
            case NOT_KNOWN -> new Completion.NotKnown();
            case CONTRADICTED ->
                new Completion.Heuristic(HeuristicOutcome.ROLLED_BACK, "it was cancelled, and is told to commit");
            case TRY, REFUSE, CANCEL, FENCE_OFF -> throw new IllegalStateException("no step of a commit");
        };
    }

    private Completion rollbackIn(Connection connection, BranchId branch) throws Exception {
        Optional<FenceTable.Row> row = home.fence().locked(connection, branch);
        if (row.isEmpty()) {
            FenceTable.Row off = new FenceTable.Row(FenceState.CANCELLED, "", new byte[0]);
            if (home.fence().insert(connection, branch, off, TccParticipant.deadline(branch))) {
                return new Completion.Done();
            }
            row = home.fence().locked(connection, branch); // a try was on its way, and has committed
        }
        return switch (FenceRule.onRollback(row.map(FenceTable.Row::state))) {
            case CANCEL -> {
                FenceTable.Row tried = row.orElseThrow();
                home.named(tried.participant()).cancel(connection, tried.arguments());
                home.fence().end(connection, branch, FenceState.CANCELLED);
                yield new Completion.Done();
            }
            case DONE -> new Completion.Done();
            case CONTRADICTED ->
                new Completion.Heuristic(HeuristicOutcome.COMMITTED, "it was confirmed, and is told to roll back");
            case FENCE_OFF -> throw new SQLException("the row of the branch came and went");
            case TRY, REFUSE, CONFIRM, NOT_KNOWN -> throw new IllegalStateException("no step of a rollback");
        };
    }

    /** For operators, in the row itself; if that cannot be written either, the log has said it. */
    private void note(BranchId branch, LocalFailure failed) {
        if (failed.why() instanceof SQLException && failed.mayHaveCommitted()) {
            return;
        }
        try {
            boolean unused = home.local().run(connection -> {
                home.fence().noteFailure(connection, branch, failed.told());
                return true;
            });
        } catch (LocalFailure unreachable) {
            LOG.debug("a failure of branch {} in {} was not noted", branch, home.name(), unreachable);
        }
    }
}
