package dev.assent.rm.jdbc;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.xa.LocalXaResource;
import dev.assent.rm.xa.XaResourceManager;
import dev.assent.rm.xa.quirk.LazyXaResource;
import dev.assent.rm.xa.quirk.PoolQuirks;
import dev.assent.rm.xa.quirk.SessionState;
import io.agroal.api.transaction.TransactionAware;
import io.agroal.api.transaction.TransactionIntegration;
import jakarta.transaction.Status;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.XAConnection;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Agroal asks of transactions, for one pool: a request in a transaction that has a connection of it gets the same
 * one again. A connection that is new to its transaction is only made ready here, and left for
 * {@link TransactionalPool} to enlist: an exception at this point would make the pool keep the connection, or count it
 * as given back without having counted it as given out. Thread-safe.
 */
final class AgroalIntegration implements TransactionIntegration {
    private static final Logger LOG = LoggerFactory.getLogger(AgroalIntegration.class);

    /**
     * A connection for a transaction that is not enlisted yet; with the reason, if it is not even fit for that.
     *
     * @param lazy the same as {@code resource}, where that is not the driver's
     */
    record Fresh(
            TransactionAware pooled,
            XAResource resource,
            Optional<LazyXaResource> lazy,
            Optional<SQLException> failure) {}

    private final String name;
    private final AssentTransactions transactions;
    private final PoolQuirks quirks;
    private final Duration answering;
    private final Object pinKey = new Object();
    /** Connections that work for a branch, whose end is its transaction's. */
    private final Set<TransactionAware> branches = ConcurrentHashMap.newKeySet();

    @SuppressWarnings("ThreadLocalUsage") // between two calls of the same thread, and for this pool only
    private final ThreadLocal<@Nullable Fresh> fresh = new ThreadLocal<>();

    /**
     * Ties a pool whose database is known as {@code name}; the pool registers it when recovery is enabled in it.
     *
     * @param answering how long a connection, once it is made, waits for an answer; zero leaves the driver as it is
     */
    AgroalIntegration(String name, AssentTransactions transactions, PoolQuirks quirks, Duration answering) {
        this.name = name;
        this.transactions = transactions;
        this.quirks = quirks;
        this.answering = answering;
    }

    @Override
    public @Nullable TransactionAware getTransactionAware() throws SQLException {
        int status = transactions.getStatus();
        if (status == Status.STATUS_NO_TRANSACTION) {
            return null;
        }
        if (status != Status.STATUS_ACTIVE && status != Status.STATUS_MARKED_ROLLBACK) {
            // It would work outside of the transaction that ends here.
            throw new SQLException("no connection of " + name + " now: " + transactions.getTransaction());
        }
        PinnedConnection pin = pinned();
        if (pin == null && status == Status.STATUS_MARKED_ROLLBACK) {
            throw new SQLException("no connection of " + name + ": " + transactions.getTransaction()
                    + " is rollback-only, so nothing that is done in it can last; roll it back");
        }
        return pin == null ? null : pin.pooled();
    }

    /** The connection that the current transaction has of this pool. */
    @Nullable
    PinnedConnection pinned() {
        return transactions.getStatus() == Status.STATUS_NO_TRANSACTION
                ? null
                : (PinnedConnection) transactions.getResource(pinKey);
    }

    /** Keeps the connection in the current transaction. */
    void pin(PinnedConnection pin) {
        transactions.putResource(pinKey, pin);
    }

    void unpin() {
        if (transactions.getStatus() != Status.STATUS_NO_TRANSACTION) {
            transactions.putResource(pinKey, null);
        }
    }

    @Override
    public void associate(TransactionAware pooled, @Nullable XAResource resource) throws SQLException {
        // Were it used inside a transaction begun later, its work would not belong to it.
        pooled.transactionCheckCallback(this::inTransaction);
        if (transactions.getStatus() != Status.STATUS_NO_TRANSACTION && pinned() == null) {
            Optional<LazyXaResource> own = own(pooled);
            XAResource drivers = resource == null ? local(pooled) : resource;
            branches.add(pooled);
            fresh.set(new Fresh(pooled, own.isPresent() ? own.get() : drivers, own, started(pooled)));
        }
    }

    private Optional<LazyXaResource> own(TransactionAware pooled) {
        try {
            return quirks.branch((Connection) pooled.getConnection());
        } catch (SQLException e) {
            LOG.debug("pool {}: the driver's own way is taken for a connection that is not to be had", name, e);
            return Optional.empty();
        }
    }

    /** Of a driver without XA. */
    private static XAResource local(TransactionAware pooled) throws SQLException {
        return new LocalXaResource(((Connection) pooled.getConnection()).unwrap(Connection.class));
    }

    /** The pool switches auto-commit before the branch starts: a driver refuses that inside of one. */
    private static Optional<SQLException> started(TransactionAware pooled) {
        try {
            pooled.transactionStart();
            return Optional.empty();
        } catch (SQLException e) {
            return Optional.of(e);
        }
    }

    /** What {@link #associate} left for this thread; it is asked for once. */
    Optional<Fresh> takeFresh() {
        Optional<Fresh> taken = Optional.ofNullable(fresh.get());
        fresh.remove();
        return taken;
    }

    private boolean inTransaction() {
        int status = transactions.getStatus();
        return status == Status.STATUS_ACTIVE || status == Status.STATUS_MARKED_ROLLBACK;
    }

    /**
     * The connection goes back into the pool, which switches auto-commit on again, and that commits: what an application
     * left open without a transaction of ours is rolled back first. Of a branch nothing is open here.
     */
    @Override
    public boolean disassociate(TransactionAware pooled) {
        if (!branches.remove(pooled)) {
            rollbackLeftOpen(pooled);
        }
        return true;
    }

    private void rollbackLeftOpen(TransactionAware pooled) {
        try {
            Connection raw = ((Connection) pooled.getConnection()).unwrap(Connection.class);
            if (!raw.isClosed() && !raw.getAutoCommit() && quirks.state(raw) != SessionState.NONE) {
                raw.rollback();
            }
        } catch (SQLException | RuntimeException e) {
            LOG.info("pool {}: a connection that came back could not be rolled back, so it is closed", name, e);
            pooled.setFlushOnly();
        }
    }

    @Override
    public void addResourceRecoveryFactory(ResourceRecoveryFactory factory) {
        transactions.registerRecovery(new XaResourceManager(name, () -> recovery(factory)));
    }

    /** The pool gives its own connections the longer time-out that follows the handshake, but not those of recovery. */
    private XAConnection recovery(ResourceRecoveryFactory factory) throws SQLException {
        XAConnection opened = factory.getRecoveryConnection();
        if (!answering.isZero()) {
            try (Connection handle = opened.getConnection()) {
                handle.setNetworkTimeout(Runnable::run, Math.toIntExact(answering.toMillis()));
            } catch (SQLException e) {
                opened.close();
                throw e;
            }
        }
        return opened;
    }

    /** Branches may be in doubt after the pool is gone, and its database is still where they can be ended. */
    @Override
    public void removeResourceRecoveryFactory(ResourceRecoveryFactory factory) {
        LOG.debug("the pool of {} is closed; its database stays known for recovery", name);
    }
}
