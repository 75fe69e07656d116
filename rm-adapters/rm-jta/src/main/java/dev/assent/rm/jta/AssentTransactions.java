package dev.assent.rm.jta;

import dev.assent.rm.xa.XaParticipant;
import dev.assent.rm.xa.XaResourceManager;
import dev.assent.rm.xa.XaResourceSource;
import dev.assent.rm.xa.quirk.XaAbilities;
import dev.assent.time.Clock;
import dev.assent.trace.Tracing;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.api.Protocol;
import dev.assent.tx.api.TransactionService;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.spi.Participant;
import dev.assent.tx.spi.ResourceManager;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.InvalidTransactionException;
import jakarta.transaction.NotSupportedException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import jakarta.transaction.UserTransaction;
import java.io.Serializable;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import javax.naming.Reference;
import javax.naming.Referenceable;
import javax.sql.XADataSource;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;

/**
 * Jakarta Transactions in one object, over a {@link TransactionService}. Thread-safe; one for each process is enough,
 * and a second one does not see the first one's transactions.
 */
public final class AssentTransactions
        implements TransactionManager,
                UserTransaction,
                TransactionSynchronizationRegistry,
                Referenceable,
                Serializable {
    private static final long serialVersionUID = 1L;

    /** How long a transaction may take unless {@link #setTransactionTimeout} says otherwise. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

    private final transient TransactionService service;
    private final transient Clock clock;
    private final transient Duration defaultTimeout;
    private final transient boolean decidesInDatabases;
    private final transient Map<String, Registered> resources = new ConcurrentHashMap<>();
    private final transient String id;
    private final transient JoinedTransactions joined = new JoinedTransactions();

    private final transient ThreadAssociations threads = new ThreadAssociations();
    private final transient CompletionThreads completionThreads =
            new CompletionThreads(CompletionThreads.Limits.DEFAULT);

    @SuppressWarnings("ThreadLocalUsage") // it is this object's; a static one would join all managers
    private final transient ThreadLocal<@Nullable Duration> timeout = new ThreadLocal<>();

    @SuppressWarnings("ThreadLocalUsage") // as the time-out's
    private final transient ThreadLocal<@Nullable Protocol> next = new ThreadLocal<>();

    public AssentTransactions(TransactionService service) {
        this(service, Clock.SYSTEM, DEFAULT_TIMEOUT);
    }

    /** As the other constructor, with the clock that deadlines are compared with. */
    public AssentTransactions(TransactionService service, Clock clock, Duration defaultTimeout) {
        this(service, clock, defaultTimeout, false);
    }

    /**
     * As the other constructor.
     *
     * @param decidesInDatabases whether every database that is registered decides the transactions whose first branch
     *     works in it; else only those that are made so ({@link XaResourceManager#deciding})
     */
    public AssentTransactions(
            TransactionService service, Clock clock, Duration defaultTimeout, boolean decidesInDatabases) {
        if (defaultTimeout.isNegative() || defaultTimeout.isZero()) {
            throw new IllegalArgumentException("the default timeout must be positive, not " + defaultTimeout);
        }
        this.service = service;
        this.clock = clock;
        this.defaultTimeout = defaultTimeout;
        this.decidesInDatabases = decidesInDatabases;
        this.id = LiveTransactions.add(this);
    }

    /** For JNDI: what is looked up later, in this process, is this object again. */
    @Override
    public Reference getReference() {
        return TransactionsReference.to(id);
    }

    private Object writeReplace() {
        return new TransactionsReference.Serialized(id);
    }

    // ---- resources

    /**
     * Makes a database known under the name that its branches carry, for work and for recovery.
     *
     * @param name the same in every process that uses this database, 1 to 64 of [A-Za-z0-9._-]
     * @throws IllegalStateException the database cannot take part; the message names the remedy
     */
    public XaResourceManager registerRecovery(String name, XADataSource dataSource) {
        return registerRecovery(XaResourceManager.of(name, dataSource));
    }

    /** As {@link #registerRecovery(String, XADataSource)}, for connections from elsewhere. */
    public XaResourceManager registerRecovery(XaResourceManager resource) {
        return registerRecovery(resource, XaAbilities.NONE);
    }

    /** As {@link #registerRecovery(String, XADataSource)}, for a resource manager that is no JDBC database. */
    public XaResourceManager registerRecovery(String name, XaResourceSource source) {
        return registerRecovery(XaResourceManager.from(name, source));
    }

    /**
     * Takes a registration back: no new work is enlisted under that name here, and this process gives up the recovery
     * of it, which any other process that has it registered takes over. Work under way goes on to its end.
     */
    public void deregisterRecovery(String name) {
        resources.remove(name);
        service.deregister(name);
    }

    /**
     * As {@link #registerRecovery(XaResourceManager)}, for a resource manager of which the user knows that it can join
     * or suspend work as X/Open XA says. PostgreSQL cannot, and is not believed.
     */
    public XaResourceManager registerRecovery(XaResourceManager resource, XaAbilities known) {
        if (decidesInDatabases && resource.decisions().isEmpty()) {
            XaResourceManager unused = resource.decidingIfAble();
        }
        resource.checkUsable();
        service.register(resource);
        resources.put(resource.name(), new Registered(resource, known));
        return resource;
    }

    /**
     * Gives a bare {@link XAResource} the name of its registered database, so that it can be enlisted. Prefer
     * {@link #resource(String, XAResource, Connection)}, which costs fewer round trips on PostgreSQL.
     */
    public XAResource resource(String name, XAResource driver) {
        return named(name, driver, null);
    }

    /** As {@link #resource(String, XAResource)}, with the JDBC handle of the same connection that does the work. */
    public XAResource resource(String name, XAResource driver, Connection connection) {
        return named(name, driver, connection);
    }

    /** The names of the databases that were made known, in order. */
    public SortedSet<String> resourceNames() {
        return new TreeSet<>(resources.keySet());
    }

    private NamedXaResource named(String name, XAResource driver, @Nullable Connection connection) {
        Registered resource = registered(name);
        return new NamedXaResource(resource.home(), driver, connection, resource.abilities());
    }

    private Registered registered(String name) {
        Registered resource = resources.get(name);
        if (resource == null) {
            throw new IllegalStateException("no resource is registered as \"" + name + "\"; call registerRecovery(\""
                    + name + "\", XADataSource) first. Registered: " + resources.keySet());
        }
        return resource;
    }

    /**
     * Names the database that decides the current thread's transaction, before any work is done in it.
     *
     * @throws IllegalStateException the thread has no transaction
     * @throws dev.assent.tx.api.TransactionServiceException that database cannot decide, or it is too late
     */
    public void decideIn(String name) {
        required().decideIn(name);
    }

    /**
     * Tells the current thread's transaction, if it has one, what failed in it: its commit or rollback gives that as
     * the reason when the application gives none.
     */
    public void noteFailure(String failure) {
        JtaTransaction transaction = threads.current();
        if (transaction != null) {
            transaction.note(failure);
        }
    }

    /**
     * Tells the current thread's transaction that the application has ended the branch of {@code driver} by itself: it
     * can only roll back, and its end is told as what it is, heuristic.
     */
    public void endedByApplication(XAResource driver, HeuristicOutcome outcome, String cause) {
        required().endedByApplication(driver, outcome, cause);
    }

    /**
     * Enlists the connection of a pool in the current thread's transaction.
     *
     * @return the branch, to be started before work, and released when the connection goes back to the pool
     * @throws IllegalStateException the thread has no transaction, or it is over
     */
    public XaParticipant enlist(String name, XAResource driver, Connection connection)
            throws RollbackException, SystemException {
        return required().enlist(named(name, driver, connection));
    }

    /** Makes a resource known for recovery that speaks no XA; its work is enlisted as any participant. */
    public void register(ResourceManager resource) {
        service.register(resource);
    }

    /**
     * Enlists a branch of a resource that speaks no XA in the current thread's transaction, before its work starts.
     *
     * @param resource its name, as it was registered
     * @throws RollbackException the transaction takes no more work
     * @throws IllegalStateException the thread has no transaction, or it is over
     */
    public BranchId enlist(String resource, Function<BranchId, Participant> participant) throws RollbackException {
        return required().enlist(resource, participant);
    }

    /** Runs work with the thread in no transaction; afterwards it is where it was. */
    public <T> T outside(Callable<T> work) throws Exception {
        return threads.outside(work);
    }

    /**
     * As {@link #enlist}, in the place of a connection that was enlisted and died before the start of its branch was
     * answered: nothing was done in the branch, so another connection can do all of it.
     */
    public XaParticipant enlistInstead(XAResource dead, String name, XAResource driver, Connection connection)
            throws RollbackException, SystemException {
        return required().move(dead, named(name, driver, connection));
    }

    // ---- TransactionManager and UserTransaction

    @Override
    public void begin() throws NotSupportedException, SystemException {
        if (!threads.isFree()) {
            throw new NotSupportedException("this thread is already in " + threads.current()
                    + "; transactions do not nest: suspend it, commit it or roll it back first");
        }
        Duration allowed = Optional.ofNullable(timeout.get()).orElse(defaultTimeout);
        Protocol chosen = next.get();
        next.remove();
        try {
            GlobalTransaction begun = chosen == null ? service.begin(allowed) : service.begin(allowed, chosen);
            threads.associate(new JtaTransaction(begun, clock, threads, completionThreads));
        } catch (TransactionServiceException e) {
            throw Failures.caused(new SystemException("no transaction was begun: " + e.getMessage()), e);
        }
    }

    /**
     * As {@link #begin()}, committed by that protocol whatever the default is.
     *
     * @throws SystemException this service cannot begin such; the message names the remedy
     */
    public void begin(Protocol protocol) throws NotSupportedException, SystemException {
        NextProtocol chosen = beginNextBy(protocol);
        try {
            begin();
        } finally {
            chosen.close();
        }
    }

    /**
     * Lets the next transaction that this thread begins, if it does before the answer is closed, be committed by that
     * protocol: for who lets somebody else call {@link #begin()}.
     */
    public NextProtocol beginNextBy(Protocol protocol) {
        Protocol before = next.get();
        next.set(protocol);
        return () -> {
            if (before == null) {
                next.remove();
            } else {
                next.set(before);
            }
        };
    }

    /** Until it is closed, by the same thread. */
    public interface NextProtocol extends AutoCloseable {
        @Override
        void close();
    }

    @Override
    public void commit()
            throws RollbackException, HeuristicMixedException, HeuristicRollbackException, SystemException {
        JtaTransaction transaction = required();
        try {
            transaction.commit();
        } finally {
            freeFrom(transaction);
        }
    }

    @Override
    public void rollback() throws SystemException {
        JtaTransaction transaction = required();
        try {
            transaction.rollback();
        } finally {
            freeFrom(transaction);
        }
    }

    /** Of one that is ending on this or another thread, the thread is freed when it has ended. */
    private void freeFrom(JtaTransaction transaction) {
        if (transaction.isOriginator() && transaction.status().isOver()) {
            threads.dissociate(transaction);
        }
    }

    @Override
    public void setRollbackOnly() {
        required().setRollbackOnly();
    }

    @Override
    public int getStatus() {
        JtaTransaction transaction = threads.current();
        return transaction == null ? Status.STATUS_NO_TRANSACTION : transaction.getStatus();
    }

    /** For transactions that this thread begins from now on; 0 goes back to the default. */
    @Override
    public void setTransactionTimeout(int seconds) throws SystemException {
        if (seconds < 0) {
            throw new SystemException("a transaction timeout is 0 (the default) or more seconds, not " + seconds);
        }
        if (seconds == 0) {
            timeout.remove();
        } else {
            timeout.set(Duration.ofSeconds(seconds));
        }
    }

    @Override
    public @Nullable Transaction getTransaction() {
        return threads.current();
    }

    @Override
    public @Nullable Transaction suspend() {
        return threads.dissociate();
    }

    @Override
    public void resume(Transaction transaction) throws InvalidTransactionException {
        checkFree();
        if (!(transaction instanceof JtaTransaction ours) || !ours.isKnownTo(threads)) {
            throw new InvalidTransactionException("only a transaction that suspend() returned can be resumed here");
        }
        if (!ours.status().isOpen()) {
            throw new InvalidTransactionException(ours + " has ended or is ending, so no thread can resume it");
        }
        threads.associate(ours);
    }

    // ---- TransactionSynchronizationRegistry

    @Override
    public @Nullable Object getTransactionKey() {
        return threads.current();
    }

    @Override
    public void putResource(Object key, @Nullable Object value) {
        checkKey(key);
        required().putResource(key, value);
    }

    @Override
    public @Nullable Object getResource(Object key) {
        checkKey(key);
        return required().resource(key);
    }

    /** Jakarta Transactions wants this very exception. */
    private static void checkKey(@Nullable Object key) {
        if (key == null) {
            throw new NullPointerException("a resource needs a key");
        }
    }

    @Override
    public void registerInterposedSynchronization(Synchronization synchronization) {
        required().registerInterposedSynchronization(synchronization);
    }

    @Override
    public int getTransactionStatus() {
        return getStatus();
    }

    @Override
    public boolean getRollbackOnly() {
        return required().status().isRollback();
    }

    // ---- joined transactions

    /** What callers put in a header so that others can join; empty if this thread has no open transaction. */
    public Optional<String> token() {
        JtaTransaction transaction = threads.current();
        return transaction != null && transaction.status().isOpen()
                ? Optional.of(transaction.token())
                : Optional.empty();
    }

    /**
     * The W3C traceparent that work of this thread's transaction belongs below, for requests and messages; empty outside a
     * transaction, and where nobody makes spans of this service's events.
     */
    public Optional<String> trace() {
        JtaTransaction transaction = threads.current();
        return transaction == null || !transaction.status().isOpen()
                ? Optional.empty()
                : Optional.of(transaction.trace()).filter(trace -> !trace.isEmpty());
    }

    /** What makes spans of this service's events, if somebody does. */
    public Tracing tracing() {
        return service.events().tracing();
    }

    /**
     * Puts this thread into a transaction that was begun elsewhere.
     *
     * @throws TransactionServiceException the token is not one to join by
     * @throws IllegalStateException the thread is in a transaction already
     */
    public Participation join(String token) {
        checkFree();
        GlobalTransaction global = service.join(token);
        GlobalTransaction.Call call = global.enter();
        JtaTransaction transaction = joined.take(global.id()).orElseGet(() -> joined(global));
        threads.associate(transaction);
        return new Participation(this, transaction, call);
    }

    private JtaTransaction joined(GlobalTransaction global) {
        JtaTransaction transaction = new JtaTransaction(global, clock, threads, completionThreads);
        global.onWorkDropped(transaction::workDropped);
        global.onCompletion(outcome -> {
            joined.forget(global.id());
            transaction.complete(outcome);
        });
        return transaction;
    }

    void left(JtaTransaction transaction) {
        threads.dissociate(transaction);
        if (transaction.status().isOpen() && transaction.awaitsOutcome()) {
            joined.keep(transaction);
        }
    }

    /** How a transaction ended, by the token it had. */
    public Outcome outcome(String token) {
        return service.outcome(token);
    }

    private void checkFree() {
        if (!threads.isFree()) {
            throw new IllegalStateException("this thread is already in " + threads.current());
        }
    }

    private JtaTransaction required() {
        JtaTransaction transaction = threads.current();
        if (transaction == null) {
            throw new IllegalStateException("this thread is not in a transaction; call begin() first");
        }
        return transaction;
    }

    private record Registered(XaResourceManager home, XaAbilities abilities) {}
}
