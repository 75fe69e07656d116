package dev.assent.rm.xa;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Vote;
import dev.assent.tx.spi.Participant;
import java.sql.SQLException;
import javax.transaction.xa.XAException;
import javax.transaction.xa.Xid;

/** Ends prepared branches whose connection is gone, each command over a fresh one. */
final class XaRecoverer implements Participant {
    private final XaResourceManager home;

    XaRecoverer(XaResourceManager home) {
        this.home = home;
    }

    @Override
    public Vote prepare(BranchId branch) {
        return new Vote.Rollback("the connection that worked in " + home.name() + " is gone");
    }

    @Override
    public Completion commit(BranchId branch) {
        Xid xid = new XaXid(branch);
        return told(() -> home.command(resource -> XaCommands.commit(resource, xid)));
    }

    @Override
    public Completion commitOnePhase(BranchId branch) {
        return new Completion.NotKnown();
    }

    @Override
    public Completion rollback(BranchId branch) {
        Xid xid = new XaXid(branch);
        return told(() -> home.command(resource -> XaCommands.rollback(resource, xid)));
    }

    @Override
    public Completion forget(BranchId branch) {
        Xid xid = new XaXid(branch);
        return told(() -> home.command(resource -> XaCommands.forget(resource, xid)));
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
