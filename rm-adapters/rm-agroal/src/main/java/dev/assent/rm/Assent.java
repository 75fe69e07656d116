package dev.assent.rm;

import dev.assent.rm.jdbc.DataSources;
import dev.assent.rm.jdbc.PoolLimits;
import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.xa.XaResourceSource;
import dev.assent.time.Clock;
import dev.assent.tx.api.EmbeddedCoordinators;
import dev.assent.tx.api.TransactionService;
import io.agroal.api.AgroalDataSource;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.sql.DataSource;
import javax.sql.XADataSource;
import javax.transaction.xa.XAResource;

/** Distributed transactions in one object, from {@link #connect} to {@link #close}. Thread-safe. */
public final class Assent implements AutoCloseable {
    private final TransactionService service;
    private final AssentSettings settings;
    private final AssentTransactions transactions;
    private final Deque<AgroalDataSource> pools = new ArrayDeque<>();

    private Assent(TransactionService service, AssentSettings settings) {
        this.service = service;
        this.settings = settings;
        this.transactions = new AssentTransactions(
                service,
                Clock.SYSTEM,
                settings.defaultTimeout(),
                settings.decisions() == AssentSettings.Decisions.DATABASE);
    }

    /**
     * Coordinates in this process, with the decisions in the replicated store. That takes
     * {@code dev.assent:tx-coordinator} on the class path.
     *
     * @param coordination {@code host:port,...} of Assent's coordination servers, or of an Apache ZooKeeper ensemble
     * @throws dev.assent.tx.api.TransactionServiceException the store cannot be reached; the message names it
     * @throws IllegalStateException {@code tx-coordinator} is not there
     */
    public static Assent connect(String coordination) {
        return connect(coordination, AssentSettings.DEFAULT);
    }

    /** As {@link #connect(String)}, with settings. */
    public static Assent connect(String coordination, AssentSettings settings) {
        return over(EmbeddedCoordinators.found().start(coordination, settings.limits()), settings);
    }

    /** Over any transaction service, for instance a remote one; it is closed together with this. */
    public static Assent over(TransactionService service) {
        return over(service, AssentSettings.DEFAULT);
    }

    /**
     * As {@link #over(TransactionService)}; of the settings, those that the service has not of its own: the default
     * time-out and the pools' bounds.
     */
    public static Assent over(TransactionService service, AssentSettings settings) {
        return new Assent(service, settings);
    }

    /** {@code TransactionManager}, {@code UserTransaction} and {@code TransactionSynchronizationRegistry} in one. */
    public AssentTransactions transactions() {
        return transactions;
    }

    /** A pool with the limits of the settings; see {@link #pool(String, XADataSource, int)}. */
    public DataSource pool(String name, XADataSource template) throws SQLException {
        return pool(name, template, settings.pool().connectionsMax());
    }

    /**
     * A pool whose connections take part in the transactions of their threads; closed together with this.
     *
     * @param name of the database for recovery: the same in every process, 1 to 64 of [A-Za-z0-9._-]
     * @param template a configured driver's data source
     * @throws IllegalStateException the database cannot take part; the message names the remedy
     */
    public DataSource pool(String name, XADataSource template, int connectionsMax) throws SQLException {
        return pool(name, template, settings.pool().withConnectionsMax(connectionsMax));
    }

    /** As {@link #pool(String, XADataSource, int)}, with limits of its own. */
    public DataSource pool(String name, XADataSource template, PoolLimits limits) throws SQLException {
        return kept(DataSources.pool(name, template, transactions, limits));
    }

    /**
     * A pool over a driver without XA. Its database takes part in a transaction as the one that decides it, by a row in a
     * table of its own, or alone; a second such database in the same transaction is refused.
     *
     * @param name as of {@link #pool(String, XADataSource, int)}
     * @param template a configured driver's data source
     * @throws IllegalStateException the database cannot take part; the message names the remedy
     */
    public DataSource localPool(String name, DataSource template, PoolLimits limits) throws SQLException {
        return kept(DataSources.localPool(name, template, transactions, limits));
    }

    /** As {@link #localPool(String, DataSource, PoolLimits)}, with the limits of the settings. */
    public DataSource localPool(String name, DataSource template) throws SQLException {
        return localPool(name, template, settings.pool());
    }

    private DataSource kept(AgroalDataSource pool) {
        synchronized (pools) {
            pools.push(pool);
        }
        return pool;
    }

    /** Makes a database known for recovery, for work over bare resources; see {@link #resource}. */
    public void registerRecovery(String name, XADataSource dataSource) {
        transactions.registerRecovery(name, dataSource);
    }

    /** As {@link #registerRecovery(String, XADataSource)}, for a resource manager that is no JDBC database. */
    public void registerRecovery(String name, XaResourceSource source) {
        transactions.registerRecovery(name, source);
    }

    /** Takes a registration back; see {@link AssentTransactions#deregisterRecovery}. */
    public void deregisterRecovery(String name) {
        transactions.deregisterRecovery(name);
    }

    /** A bare resource of a registered database, ready to be enlisted. */
    public XAResource resource(String name, XAResource driver) {
        return transactions.resource(name, driver);
    }

    /** Ends what can be ended, and closes the pools. Branches in doubt are left to recovery. */
    @Override
    public void close() {
        service.close();
        synchronized (pools) {
            while (!pools.isEmpty()) {
                pools.pop().close();
            }
        }
    }
}
