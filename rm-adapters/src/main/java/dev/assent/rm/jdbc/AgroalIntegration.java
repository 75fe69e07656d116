package dev.assent.rm.jdbc;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.xa.XaParticipant;
import dev.assent.rm.xa.XaResourceManager;
import io.agroal.api.transaction.TransactionAware;
import io.agroal.api.transaction.TransactionIntegration;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.SystemException;
import java.sql.Connection;
import java.sql.SQLException;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ties one Agroal pool to the transactions of its threads: the first request in a transaction enlists the connection,
 * the following ones get the same. Thread-safe; use one for each pool.
 */
public final class AgroalIntegration implements TransactionIntegration {
    private static final Logger LOG = LoggerFactory.getLogger(AgroalIntegration.class);

    private final String name;
    private final AssentTransactions transactions;
    private final Object pinKey = new Object();

    /** Ties a pool whose database is known as {@code name}; the pool registers it when recovery is enabled in it. */
    public AgroalIntegration(String name, AssentTransactions transactions) {
        this.name = name;
        this.transactions = transactions;
    }

    @Override
    public @Nullable TransactionAware getTransactionAware() throws SQLException {
        int status = transactions.getStatus();
        if (status == Status.STATUS_NO_TRANSACTION) {
            return null;
        }
        checkOpen(status);
        return pin() == null ? null : pin().pooled();
    }

    private @Nullable Pin pin() {
        return (Pin) transactions.getResource(pinKey);
    }

    /** A connection taken while the transaction ends would work outside of it. */
    private void checkOpen(int status) throws SQLException {
        if (status != Status.STATUS_ACTIVE && status != Status.STATUS_MARKED_ROLLBACK) {
            throw new SQLException("no connection of " + name + " now: " + transactions.getTransaction());
        }
    }

    @Override
    public void associate(TransactionAware pooled, XAResource resource) throws SQLException {
        int status = transactions.getStatus();
        if (status == Status.STATUS_NO_TRANSACTION) {
            // Were it used inside a transaction begun later, its work would not belong to it.
            pooled.transactionCheckCallback(this::inTransaction);
            return;
        }
        checkOpen(status);
        Pin pinned = pin();
        if (pinned == null) {
            enlist(pooled, resource);
        } else {
            goOn(pinned);
        }
    }

    private void enlist(TransactionAware pooled, XAResource resource) throws SQLException {
        try {
            Pin pin = new Pin(pooled, transactions.enlist(name, resource, (Connection) pooled.getConnection()));
            pooled.transactionStart();
            pooled.transactionCheckCallback(this::inTransaction);
            transactions.putResource(pinKey, pin);
            transactions.registerInterposedSynchronization(pin);
        } catch (RollbackException | SystemException | IllegalStateException e) {
            pooled.setFlushOnly();
            throw new SQLException("no connection of " + name + " for this transaction: " + e.getMessage(), e);
        }
    }

    private static void goOn(Pin pin) throws SQLException {
        pin.goOn();
        pin.pooled().transactionStart();
    }

    private boolean inTransaction() {
        int status = transactions.getStatus();
        return status == Status.STATUS_ACTIVE || status == Status.STATUS_MARKED_ROLLBACK;
    }

    @Override
    public boolean disassociate(TransactionAware pooled) {
        return true;
    }

    @Override
    public void addResourceRecoveryFactory(ResourceRecoveryFactory factory) {
        transactions.registerRecovery(new XaResourceManager(name, factory::getRecoveryConnection));
    }

    /** Branches may be in doubt after the pool is gone, and its database is still where they can be ended. */
    @Override
    public void removeResourceRecoveryFactory(ResourceRecoveryFactory factory) {
        LOG.debug("the pool of {} is closed; its database stays known for recovery", name);
    }

    /** A pool's connection held for one transaction. */
    private record Pin(TransactionAware pooled, XaParticipant branch) implements Synchronization {

        void goOn() throws SQLException {
            try {
                branch.start();
            } catch (javax.transaction.xa.XAException e) {
                throw new SQLException("the connection cannot go on in its transaction: " + e.getMessage(), e);
            }
        }

        @Override
        public void beforeCompletion() {
            // Open statements are the driver's business; the branch is ended by the transaction.
        }

        @Override
        public void afterCompletion(int status) {
            if (!branch.release()) {
                pooled.setFlushOnly();
            }
            try {
                pooled.transactionEnd();
            } catch (SQLException e) {
                LOG.warn("a connection did not go back to its pool", e);
            }
        }
    }
}
