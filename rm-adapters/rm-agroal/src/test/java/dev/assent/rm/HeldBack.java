package dev.assent.rm;

import dev.assent.rm.xa.quirk.LoneXaResource;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;

/** A resource that prepares as if its coordinator had died right after it was told to, and then hears nothing more. */
final class HeldBack extends LoneXaResource {
    private final XAResource driver;
    private @Nullable Xid xid;

    HeldBack(XAResource driver) {
        this.driver = driver;
    }

    void prepareBehindTheCoordinatorsBack() throws XAException {
        driver.end(xid, TMSUCCESS);
        driver.prepare(xid);
    }

    @Override
    public void start(Xid branch, int flags) throws XAException {
        xid = branch;
        driver.start(branch, flags);
    }

    @Override
    public void end(Xid branch, int flags) {}

    @Override
    public int prepare(Xid branch) {
        return XA_OK;
    }

    @Override
    public void commit(Xid branch, boolean onePhase) throws XAException {
        throw new XAException(XAException.XAER_RMFAIL);
    }

    /** Says that it is done, though nothing reaches the database. */
    @Override
    public void rollback(Xid branch) {}

    @Override
    public void forget(Xid branch) {}

    @Override
    public Xid[] recover(int flag) {
        return new Xid[0];
    }
}
