package dev.assent.rm.xa;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Vote;
import dev.assent.tx.spi.Participant;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
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
        return inBulkhead(() -> commitNow(branch));
    }

    Completion commitNow(BranchId branch) {
        Xid xid = new XaXid(branch);
        return told(resource -> XaCommands.commit(resource, xid, home.knownQuirks()));
    }

    @Override
    public CompletionStage<Completion> commitOnePhase(BranchId branch) {
        return CompletableFuture.completedStage(new Completion.NotKnown());
    }

    @Override
    public CompletionStage<Completion> rollback(BranchId branch) {
        return inBulkhead(() -> rollbackNow(branch));
    }

    Completion rollbackNow(BranchId branch) {
        Xid xid = new XaXid(branch);
        return told(resource -> XaCommands.rollback(resource, xid, home.knownQuirks()));
    }

    @Override
    public CompletionStage<Completion> forget(BranchId branch) {
        Xid xid = new XaXid(branch);
        return inBulkhead(() -> told(resource -> XaCommands.forget(resource, xid)));
    }

    private CompletionStage<Completion> inBulkhead(Supplier<Completion> call) {
        return home.bulkhead().call(call, Completion.Unsent::new, Completion.Retry::new);
    }

    private Completion told(XaResourceManager.Command<Completion> command) {
        Telling telling = new Telling(command);
        try {
            return home.command(telling);
        } catch (SQLException | XAException e) {
            return telling.after("resource " + home.name() + " cannot be reached: " + e.getMessage());
        }
    }

    /** One command, and how far it came: what fails before it has begun, has no effect; what fails afterwards, may. */
    private static final class Telling implements XaResourceManager.Command<Completion> {
        private final XaResourceManager.Command<Completion> command;
        private Optional<Completion> answer = Optional.empty();
        private boolean begun;

        Telling(XaResourceManager.Command<Completion> command) {
            this.command = command;
        }

        @Override
        public Completion run(XAResource resource) throws XAException {
            begun = true;
            Completion told = command.run(resource);
            answer = Optional.of(told);
            return told;
        }

        /** An answer that came stays true, whatever closing the connection says. */
        Completion after(String failure) {
            return answer.orElseGet(() -> begun ? new Completion.Retry(failure) : new Completion.Unsent(failure));
        }
    }
}
