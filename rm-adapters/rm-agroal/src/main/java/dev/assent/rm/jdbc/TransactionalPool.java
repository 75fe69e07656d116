package dev.assent.rm.jdbc;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.xa.XaParticipant;
import dev.assent.rm.xa.quirk.PoolQuirks;
import dev.assent.time.Clock;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.AgroalDataSourceMetrics;
import io.agroal.api.AgroalPoolInterceptor;
import io.agroal.api.configuration.AgroalDataSourceConfiguration;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import java.io.NotSerializableException;
import java.io.ObjectStreamException;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.logging.Logger;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;

/**
 * An Agroal pool whose connections take part in the transactions of their threads: the first request in a transaction
 * enlists the connection, the following ones get the same. Thread-safe.
 */
final class TransactionalPool implements AgroalDataSource {
    private static final long serialVersionUID = 1L;

    /** A connection that is found dead sooner was told so; one that takes longer was not answered. */
    private static final Duration AT_ONCE = Duration.ofMillis(500);

    /** Starts that were not answered before a request is refused: the next connection would only wait as long. */
    private static final int UNANSWERED_MAX = 2;

    private final transient String name;
    private final transient AgroalDataSource pool;
    private final transient AgroalIntegration integration;
    private final transient AssentTransactions transactions;
    private final transient PoolQuirks quirks;
    private final transient PoolLimits limits;

    TransactionalPool(
            String name,
            AgroalDataSource pool,
            AgroalIntegration integration,
            AssentTransactions transactions,
            PoolQuirks quirks,
            PoolLimits limits) {
        this.name = name;
        this.pool = pool;
        this.integration = integration;
        this.transactions = transactions;
        this.quirks = quirks;
        this.limits = limits;
    }

    @Override
    public Connection getConnection() throws SQLException {
        return connection(pool::getConnection);
    }

    @Override
    public Connection getReadOnlyConnection() throws SQLException {
        return connection(pool::getReadOnlyConnection);
    }

    /** A connection that dies between the pool's look at it and the start of its branch costs another try, not a failure. */
    private Connection connection(Source source) throws SQLException {
        Optional<XAResource> dead = Optional.empty();
        int unanswered = 0;
        for (int attempt = 0; ; attempt++) {
            Connection handle = acquire(source);
            Optional<AgroalIntegration.Fresh> fresh = integration.takeFresh();
            if (fresh.isEmpty()) {
                return goOn(handle);
            }
            SQLException unfit;
            long startNanos = Clock.SYSTEM.nanos();
            if (fresh.get().failure().isPresent()) {
                unfit = fresh.get().failure().get();
                handle.close();
            } else {
                try {
                    return pin(handle, fresh.get(), dead);
                } catch (DeadConnectionException e) {
                    unfit = e;
                    dead = Optional.of(fresh.get().resource());
                }
            }
            if (Clock.SYSTEM.nanos() - startNanos > AT_ONCE.toNanos()) {
                unanswered++;
            }
            if (unanswered >= UNANSWERED_MAX) {
                throw refused(
                        "its database did not answer on " + unanswered + " of them: " + unfit.getMessage(), unfit);
            }
            if (attempt >= limits.connectionsMax()) {
                throw refused("none of its connections is usable: " + unfit.getMessage(), unfit);
            }
        }
    }

    private Connection acquire(Source source) throws SQLException {
        long startNanos = Clock.SYSTEM.nanos();
        try {
            return source.connection();
        } catch (SQLException e) {
            AgroalIntegration.Fresh abandoned = integration.takeFresh().orElse(null);
            if (abandoned != null) {
                abandoned.pooled().setFlushOnly();
                abandoned.pooled().transactionEnd();
            }
            throw explained(e, Duration.ofNanos(Clock.SYSTEM.nanos() - startNanos));
        }
    }

    private SQLException explained(SQLException failure, Duration waited) {
        boolean exhausted = failure.getCause() == null
                && failure.getSQLState() == null
                && waited.compareTo(limits.acquisitionTimeout().multipliedBy(9).dividedBy(10)) >= 0
                && pool.getMetrics().activeCount() >= limits.connectionsMax();
        if (!exhausted) {
            transactions.noteFailure("no connection of " + name + ": " + failure.getMessage());
            return failure;
        }
        String message = "the pool " + name + " is exhausted: all its " + limits.connectionsMax()
                + " connections were in use for the " + waited.toMillis() + " ms that this request waited"
                + " (PoolLimits.acquisitionTimeout). A transaction holds one until its outcome is known: end"
                + " transactions sooner, or raise PoolLimits.connectionsMax.";
        transactions.noteFailure(message);
        return new SQLTransientConnectionException(message, failure);
    }

    private Connection goOn(Connection handle) throws SQLException {
        PinnedConnection pinned = integration.pinned();
        if (pinned == null) {
            return handle;
        }
        pinned.goOn();
        return BranchHandle.of(handle, pinned.watch());
    }

    /** @param dead a connection that was enlisted in this transaction, and died before its branch had begun */
    private Connection pin(Connection handle, AgroalIntegration.Fresh fresh, Optional<XAResource> dead)
            throws SQLException {
        Connection raw = handle.unwrap(Connection.class);
        BranchWatch watch = new BranchWatch(name, fresh, quirks, transactions, raw);
        PinnedConnection pin = new PinnedConnection(name, fresh.pooled(), watch);
        try {
            integration.pin(pin);
        } catch (IllegalStateException over) {
            pin.giveBack();
            throw refused(String.valueOf(over.getMessage()), over);
        }
        try {
            pin.begin(enlisted(fresh, dead));
        } catch (SQLException | RollbackException | SystemException | IllegalStateException e) {
            boolean lost = isLost(e, raw);
            integration.unpin();
            pin.giveBack();
            throw lost ? new DeadConnectionException(e) : refused(String.valueOf(e.getMessage()), e);
        }
        return BranchHandle.of(handle, watch);
    }

    private XaParticipant enlisted(AgroalIntegration.Fresh fresh, Optional<XAResource> dead)
            throws RollbackException, SystemException {
        Connection connection = (Connection) fresh.pooled().getConnection();
        return dead.isPresent()
                ? transactions.enlistInstead(dead.get(), name, fresh.resource(), connection)
                : transactions.enlist(name, fresh.resource(), connection);
    }

    /** Whether the start of the branch found the connection dead; its database then forgets whatever it had begun. */
    private static boolean isLost(Exception failure, Connection raw) throws SQLException {
        return failure instanceof SQLException && failure.getCause() instanceof XAException && raw.isClosed();
    }

    private SQLException refused(String reason, Exception cause) {
        String message = "no connection of " + name + " for this transaction: " + reason;
        transactions.noteFailure(message);
        return new SQLException(message, cause);
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        return pool.getConnection(username, password);
    }

    @Override
    public AgroalDataSourceConfiguration getConfiguration() {
        return pool.getConfiguration();
    }

    @Override
    public AgroalDataSourceMetrics getMetrics() {
        return pool.getMetrics();
    }

    @Override
    public void flush(FlushMode mode) {
        pool.flush(mode);
    }

    @Override
    public void setPoolInterceptors(Collection<? extends AgroalPoolInterceptor> interceptors) {
        pool.setPoolInterceptors(interceptors);
    }

    @Override
    public List<AgroalPoolInterceptor> getPoolInterceptors() {
        return pool.getPoolInterceptors();
    }

    @Override
    public boolean isHealthy(boolean newConnection) throws SQLException {
        return pool.isHealthy(newConnection);
    }

    @Override
    public void close() {
        pool.close();
    }

    @Override
    public <T> T unwrap(Class<T> target) throws SQLException {
        return target.isInstance(this) ? target.cast(this) : pool.unwrap(target);
    }

    @Override
    public boolean isWrapperFor(Class<?> target) throws SQLException {
        return target.isInstance(this) || pool.isWrapperFor(target);
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return pool.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        pool.setLogWriter(out);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return pool.getLoginTimeout();
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        pool.setLoginTimeout(seconds);
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return pool.getParentLogger();
    }

    @Override
    public String toString() {
        return "pool " + name;
    }

    /** Agroal's interface is serializable; a pool of live connections is not. */
    private Object writeReplace() throws ObjectStreamException {
        throw new NotSerializableException("a pool of connections is not serializable");
    }

    /** The connection died before its branch had begun. */
    private static final class DeadConnectionException extends SQLException {
        private static final long serialVersionUID = 1L;

        DeadConnectionException(Exception cause) {
            super(cause.getMessage(), cause);
        }
    }

    private interface Source {
        Connection connection() throws SQLException;
    }
}
