package dev.assent.rm.xa;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Vote;
import dev.assent.tx.spi.Participant;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import javax.transaction.xa.XAException;
import javax.transaction.xa.Xid;

/** Ends prepared branches whose connection is gone, each command over a fresh one. */
public final class XaRecoverer implements Participant {
    private final XaResourceManager home;

    XaRecoverer(XaResourceManager home) {
        this.home = home;
    }

    @Override
    public CompletionStage<Vote> prepare(BranchId branch) {
        return CompletableFuture.completedStage(
                new Vote.Rollback("the connection that worked in " + home.name() + " is gone"));
    }

    @Override
    public CompletionStage<Completion> commit(BranchId branch) {
        return onLane(() -> commitNow(branch));
    }

    Completion commitNow(BranchId branch) {
        Xid xid = new XaXid(branch);
        return told(() -> home.command(resource -> XaCommands.commit(resource, xid)));
    }

    @Override
    public CompletionStage<Completion> commitOnePhase(BranchId branch) {
        return CompletableFuture.completedStage(new Completion.NotKnown());
    }

    @Override
    public CompletionStage<Completion> rollback(BranchId branch) {
        return onLane(() -> rollbackNow(branch));
    }

    Completion rollbackNow(BranchId branch) {
        Xid xid = new XaXid(branch);
        return told(() -> home.command(resource -> XaCommands.rollback(resource, xid)));
    }

    @Override
    public CompletionStage<Completion> forget(BranchId branch) {
        Xid xid = new XaXid(branch);
        return onLane(() -> told(() -> home.command(resource -> XaCommands.forget(resource, xid))));
    }

    private CompletionStage<Completion> onLane(Supplier<Completion> call) {
        return home.lane().call(call, Completion.Retry::new);
    }

    private Completion told(Attempt attempt) {
        try {
            return attempt.run();
        } catch (SQLException | XAException e) {
            return new Completion.Retry("resource " + home.name() + " cannot be reached: " + e.getMessage());
        }
    }

    private interface Attempt {
        Completion run() throws SQLException, XAException;
    }
}
