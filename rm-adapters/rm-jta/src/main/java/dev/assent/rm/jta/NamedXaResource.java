package dev.assent.rm.jta;

import dev.assent.rm.xa.XaParticipant;
import dev.assent.rm.xa.XaResourceManager;
import dev.assent.rm.xa.quirk.XaAbilities;
import dev.assent.tx.model.BranchId;
import java.sql.Connection;
import java.sql.SQLException;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;

/**
 * An {@link XAResource} together with the registered resource it belongs to, so that its branches can be found again
 * after a crash. Made by {@link AssentTransactions#resource}.
 */
final class NamedXaResource implements XAResource {
    private final XaResourceManager home;
    private final XAResource driver;
    private final @Nullable Connection connection;
    private final XaAbilities abilities;

    NamedXaResource(XaResourceManager home, XAResource driver, @Nullable Connection connection, XaAbilities declared) {
        this.home = home;
        this.abilities = declared.with(driver);
        this.driver = driver;
        this.connection = connection;
    }

    XaResourceManager home() {
        return home;
    }

    /** A branch of its own, about to be worked on. */
    XaParticipant participant(BranchId branch) throws SQLException {
        return home.participant(branch, driver, connection, abilities);
    }

    XAResource driver() {
        return driver;
    }

    @Nullable
    Connection connection() {
        return connection;
    }

    XaAbilities abilities() {
        return abilities;
    }

    @Override
    public void start(Xid xid, int flags) throws XAException {
        driver.start(xid, flags);
    }

    @Override
    public void end(Xid xid, int flags) throws XAException {
        driver.end(xid, flags);
    }

    @Override
    public int prepare(Xid xid) throws XAException {
        return driver.prepare(xid);
    }

    @Override
    public void commit(Xid xid, boolean onePhase) throws XAException {
        driver.commit(xid, onePhase);
    }

    @Override
    public void rollback(Xid xid) throws XAException {
        driver.rollback(xid);
    }

    @Override
    public void forget(Xid xid) throws XAException {
        driver.forget(xid);
    }

    @Override
    public Xid[] recover(int flag) throws XAException {
        return driver.recover(flag);
    }

    @Override
    public boolean isSameRM(XAResource other) throws XAException {
        return driver.isSameRM(other instanceof NamedXaResource named ? named.driver : other);
    }

    @Override
    public int getTransactionTimeout() throws XAException {
        return driver.getTransactionTimeout();
    }

    @Override
    public boolean setTransactionTimeout(int seconds) throws XAException {
        return driver.setTransactionTimeout(seconds);
    }
}
