package dev.assent.rm.xa;

import dev.assent.event.Lane;
import dev.assent.rm.xa.quirk.DecisionStatements;
import dev.assent.rm.xa.quirk.OpeningQuirks;
import dev.assent.rm.xa.quirk.SessionState;
import dev.assent.rm.xa.quirk.StandardDecisions;
import dev.assent.rm.xa.quirk.StandardQuirks;
import dev.assent.rm.xa.quirk.XaAbilities;
import dev.assent.rm.xa.quirk.XaQuirks;
import dev.assent.tx.bulkhead.Bulkhead;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.ResourceIdentity;
import dev.assent.tx.spi.DecisionTable;
import dev.assent.tx.spi.ResourceManager;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import javax.sql.XADataSource;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A database that speaks XA, under the name its branches carry. Thread-safe. Every scan and every command of recovery
 * runs over a connection of its own, so that a broken one is never met twice.
 */
public final class XaResourceManager implements ResourceManager {
    private static final Logger LOG = LoggerFactory.getLogger(XaResourceManager.class);
    /** How long whoever needs to know the kind of database waits for it to answer. */
    private static final long LOOK_MILLIS_MAX = 5_000;

    /** How long the end of a transaction waits for a driver to tell what it remembers of a connection. */
    private static final long STATE_MILLIS_MAX = 1_000;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private final String name;
    private final ConnectionAttempts connections;
    private final Bulkhead bulkhead;
    private final CallAborter cutter;
    /** Connections whose server was asked to notice their loss, and whether it can. */
    private final Map<Connection, Boolean> noticing = Collections.synchronizedMap(new WeakHashMap<>());

    private final WorkForecast forecast = new WorkForecast();
    private volatile @Nullable XaQuirks quirks;
    private volatile @Nullable Deciding deciding;
    private final WritingStatements writingStatements = new WritingStatements();
    private volatile @Nullable DecisionStatements statements;
    private volatile boolean onlyIfAble;
    private volatile boolean cannotPrepare;
    private volatile boolean nameless;
    private volatile boolean local;

    /**
     * @param name the same in every process that uses this database, 1 to 64 of [A-Za-z0-9._-]
     * @param connections to that database, as a user who may end the branches that the application's user prepares
     */
    public XaResourceManager(String name, XaConnections connections) {
        this(name, connections, ConnectionAttempts.Limits.DEFAULT);
    }

    XaResourceManager(String name, XaConnections connections, ConnectionAttempts.Limits limits) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "the resource name \"" + name + "\" is not 1 to 64 characters of [A-Za-z0-9._-]");
        }
        this.name = name;
        this.connections = new ConnectionAttempts(name, connections, limits);
        this.bulkhead = new Bulkhead(name, Bulkhead.Limits.DEFAULT);
        this.cutter = new CallAborter(name);
    }

    /**
     * One that {@code dataSource} connects to. Opening a connection for recovery is bounded, in the driver where it can
     * be told: with the login time-out of {@code dataSource}, which is set if it is not, or with that of a copy.
     */
    public static XaResourceManager of(String name, XADataSource dataSource) {
        return of(name, dataSource, ConnectionAttempts.Limits.DEFAULT);
    }

    static XaResourceManager of(String name, XADataSource dataSource, ConnectionAttempts.Limits limits) {
        return new XaResourceManager(name, bounded(dataSource, limits), limits);
    }

    private static XaConnections bounded(XADataSource dataSource, ConnectionAttempts.Limits limits) {
        OpeningQuirks policy = OpeningQuirks.of(dataSource);
        return () -> policy.open(dataSource, limits.attemptMax());
    }

    /**
     * A database whose driver speaks no XA, or is not to: it takes part in a transaction as the one that decides it, by a
     * row in a table of its own, or alone, and cannot be the second such one. Branches are of {@link LocalXaResource}.
     */
    public static XaResourceManager local(String name, DataSource dataSource) {
        XaResourceManager resource = new XaResourceManager(name, () -> LocalConnection.of(dataSource.getConnection()));
        resource.local = true;
        resource.cannotPrepare = true;
        return resource.deciding(Deciding.UNASKED);
    }

    /** One that is no JDBC database. */
    public static XaResourceManager from(String name, XaResourceSource source) {
        return new XaResourceManager(name, source.connections());
    }

    @Override
    public Optional<Lane> lane() {
        return Optional.of(bulkhead);
    }

    @Override
    public String name() {
        return name;
    }

    /**
     * Checks that the database can take part. One that cannot be reached now, or does not answer soon, is not refused:
     * it may be starting, and recovery keeps trying.
     *
     * @throws IllegalStateException it answered, and cannot take part; the message names the remedy
     */
    public void checkUsable() {
        try {
            quirks();
        } catch (SQLException e) {
            LOG.warn("resource {} cannot be reached now and was not checked: {}", name, e.getMessage());
        }
    }

    /** The policy for this kind of database; the first call connects to it, checks its settings, and waits a while. */
    XaQuirks quirks() throws SQLException {
        XaQuirks known = quirks;
        return known != null ? known : firstLook();
    }

    private XaQuirks firstLook() throws SQLException {
        try {
            return bulkhead.ask(this::look)
                    .toCompletableFuture()
                    .get(LOOK_MILLIS_MAX, TimeUnit.MILLISECONDS)
                    .get();
        } catch (TimeoutException hangs) {
            throw new SQLException("it did not answer within " + LOOK_MILLIS_MAX + " ms", hangs);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted while it was asked", e);
        } catch (ExecutionException failed) {
            throw new SQLException(
                    String.valueOf(
                            failed.getCause() == null
                                    ? failed
                                    : failed.getCause().getMessage()),
                    failed);
        }
    }

    /** Refusals are answers; what cannot be reached throws. */
    private Supplier<XaQuirks> look() throws IOException {
        try {
            XaQuirks found = ask(this::checked);
            quirks = found;
            return () -> found;
        } catch (IllegalStateException refusal) {
            return () -> {
                throw refusal;
            };
        } catch (SQLException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private XaQuirks checked(Connection connection) throws SQLException {
        XaQuirks found = XaQuirks.of(connection);
        if (local) {
            return checkedLocal(connection, found);
        }
        Optional<DecisionStatements> table = deciding == null ? Optional.empty() : found.decisions(connection);
        boolean decides = table.isPresent();
        if (deciding != null && !decides && !onlyIfAble) {
            throw new IllegalStateException("resource " + name + " cannot keep decisions, as its adapter does not know"
                    + " how; leave its transactions to two-phase commit (PostgreSQL can)");
        }
        deciding = decides ? deciding : null;
        statements = table.orElse(null);
        try {
            found.checkUsable(connection);
        } catch (IllegalStateException refusal) {
            if (!decides) {
                throw refusal;
            }
            cannotPrepare = true;
            LOG.info("resource {} takes part as the one that decides, or alone: {}", name, refusal.getMessage());
        }
        return found;
    }

    /** A database with an adapter is not treated as one of which nothing is known. */
    private XaQuirks checkedLocal(Connection connection, XaQuirks found) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        if (!(found instanceof StandardQuirks)) {
            throw new IllegalStateException("resource " + name + ": " + product + " takes part over its driver's"
                    + " XADataSource, also where it cannot prepare (max_prepared_transactions = 0): register that one"
                    + " as a database that decides");
        }
        if (!connection.getMetaData().supportsTransactions()) {
            throw new IllegalStateException("resource " + name + ": " + product + " has no transactions");
        }
        statements = StandardDecisions.open(connection);
        return found.vouchedFor();
    }

    /**
     * From now on its branches may decide transactions, by rows in a table of this database, which is created if it is
     * not there. To be said before it is registered.
     */
    public XaResourceManager deciding(Deciding when) {
        deciding = when;
        quirks = null; // to be looked at once more
        return this;
    }

    /** The same, unasked, if the database's adapter knows how. */
    public XaResourceManager decidingIfAble() {
        onlyIfAble = true;
        return deciding(Deciding.UNASKED);
    }

    @Override
    public Optional<DecisionTable> decisions() {
        return Optional.ofNullable(deciding).map(when -> new XaDecisionTable(this, when));
    }

    @Override
    public boolean canPrepare() {
        return !cannotPrepare;
    }

    WritingStatements writingStatements() {
        return writingStatements;
    }

    /** Waits for the first look at the database. */
    DecisionStatements decisionStatements() throws SQLException {
        XaQuirks unused = quirks();
        DecisionStatements known = statements;
        if (known == null) {
            throw new IllegalStateException("resource " + name + " was not registered as one that keeps decisions");
        }
        return known;
    }

    /** Before the first work on a connection: from then on its server notices when it is severed. */
    void setUp(Connection connection) {
        XaQuirks policy = quirks;
        if (policy == null) {
            return;
        }
        try {
            Connection physical = policy.physical(connection);
            if (!noticing.containsKey(physical)) {
                noticing.put(physical, policy.letServerNoticeLoss(physical));
            }
        } catch (SQLException e) {
            LOG.debug("resource {}: a connection could not be set up; its work will fail soon", name, e);
        }
    }

    /** Stops what runs on the connection and closes it, on threads that may hang in that; fails without a place. */
    CompletionStage<Void> sever(Connection connection) {
        return cutter.cut(() -> cancelUnlessNoticed(connection), () -> connection.abort(Runnable::run));
    }

    /** Or else the statement would go on, with its locks, until it had something to say. */
    private void cancelUnlessNoticed(Connection connection) throws SQLException {
        XaQuirks policy = quirks;
        if (policy != null && !noticing.getOrDefault(policy.physical(connection), false)) {
            policy.interrupt(connection);
        }
    }

    /**
     * Whether the application has ended, by SQL, the database's transaction under a branch in which it works over
     * {@code connection}, as far as the driver knows without asking. False if a statement is still under way there, which
     * may keep the driver from telling; it is not waited for longer than a moment.
     */
    public boolean isEndedBySql(Connection connection) {
        XaQuirks policy = quirks;
        if (policy == null) {
            return false;
        }
        try {
            return bulkhead.ask(() -> hasNoTransaction(policy, connection))
                    .toCompletableFuture()
                    .get(STATE_MILLIS_MAX, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException unknown) {
            LOG.debug("resource {}: the end of a branch finds out itself what its connection is like", name, unknown);
        }
        return false;
    }

    private static boolean hasNoTransaction(XaQuirks policy, Connection connection) {
        try {
            return !connection.isClosed() && policy.state(connection) == SessionState.NONE;
        } catch (SQLException e) {
            return false; // a handle that was closed, usually
        }
    }

    /** How people are told of {@link #isEndedBySql}. */
    public String endedByApplication() {
        return "the application ended the branch in " + name + " itself, by COMMIT or ROLLBACK sent as SQL; its work is"
                + " committed or rolled back in that database";
    }

    /** How people are told of a branch that is not there although its driver says that it has prepared it. */
    String notListed() {
        return "the application ended the branch in " + name
                + " itself, by COMMIT or ROLLBACK sent as SQL, or its driver"
                + " says of a branch that it is prepared when it is not; its work is committed or rolled back in that"
                + " database";
    }

    CallAborter cutter() {
        return cutter;
    }

    /** The threads that may hang in this database's driver. */
    Bulkhead bulkhead() {
        return bulkhead;
    }

    WorkForecast forecast() {
        return forecast;
    }

    /** A branch about to be worked on over {@code resource}; {@code connection} is the JDBC handle on it, if known. */
    public XaParticipant participant(BranchId branch, XAResource resource, @Nullable Connection connection)
            throws SQLException {
        return participant(branch, resource, connection, XaAbilities.NONE);
    }

    /** The same over a driver of which the user says what it can do. */
    public XaParticipant participant(
            BranchId branch, XAResource resource, @Nullable Connection connection, XaAbilities known)
            throws SQLException {
        XaQuirks policy = known.truthful() ? quirks().vouchedFor() : quirks();
        return new XaParticipant(this, policy, branch, resource, Optional.ofNullable(connection));
    }

    @Override
    public CompletionStage<List<BranchId>> inDoubt() {
        return bulkhead.ask(this::scan);
    }

    private List<BranchId> scan() throws IOException {
        try {
            XaQuirks policy = quirks();
            return this.<List<BranchId>, XAException>over(fresh -> {
                policy.checkTellsAll(fresh.handle());
                return ours(fresh.resource());
            });
        } catch (XAException e) {
            throw new IOException("resource " + name + " could not list its branches: " + XaError.describe(e), e);
        } catch (SQLException e) {
            throw new IOException("resource " + name + " cannot be reached: " + e.getMessage(), e);
        }
    }

    /** Other managers' XIDs may break XA's limits, so they are left out before anything is made of them. */
    private static List<BranchId> ours(XAResource resource) throws XAException {
        List<BranchId> ours = new ArrayList<>();
        for (Xid xid : resource.recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN)) {
            if (xid.getFormatId() == BranchId.FORMAT_ID) {
                ours.add(XaXid.branchOf(xid));
            }
        }
        return List.copyOf(ours);
    }

    @Override
    public CompletionStage<Optional<ResourceIdentity>> identity() {
        return bulkhead.ask(this::whoItIs);
    }

    private Optional<ResourceIdentity> whoItIs() throws IOException {
        try {
            XaQuirks policy = quirks();
            Optional<String> told = ask(policy::identity);
            if (told.isEmpty() && !nameless) {
                nameless = true;
                LOG.warn(
                        "resource {} does not tell which database it is, so nobody notices if another one comes under"
                                + " its name. On PostgreSQL, grant EXECUTE on pg_control_system() to its user",
                        name);
            }
            return told.map(ResourceIdentity::new);
        } catch (SQLException | IllegalStateException e) {
            throw new IOException("resource " + name + " cannot be reached: " + e.getMessage(), e);
        }
    }

    @Override
    public String localName(BranchId branch) {
        return knownQuirks().localName(new XaXid(branch));
    }

    /** Never waits: what is not known yet is taken for a database without any. */
    XaQuirks knownQuirks() {
        XaQuirks known = quirks;
        return known == null ? new StandardQuirks() : known;
    }

    @Override
    public XaRecoverer recoverer() {
        return new XaRecoverer(this);
    }

    /** How a one-phase commit ended whose answer was lost. */
    Completion settle(String witness) throws SQLException {
        XaQuirks policy = quirks();
        return ask(connection -> policy.settle(witness, connection));
    }

    /** Runs one XA command over a connection of its own. */
    <T> T command(Command<T> command) throws SQLException, XAException {
        return this.<T, XAException>over(fresh -> command.run(fresh.resource()));
    }

    <T> T ask(Question<T> question) throws SQLException {
        return this.<T, RuntimeException>over(fresh -> question.ask(fresh.handle()));
    }

    /** Whatever is done over a fresh connection, its end included, loses it when it takes too long. */
    private <T, E extends Exception> T over(Use<T, E> use) throws SQLException, E {
        ConnectionAttempts.Opened fresh = connections.open();
        CallAborter.Watch watch = cutter.watch(() -> giveUp(fresh.handle()));
        try {
            return used(fresh, use);
        } finally {
            watch.end();
        }
    }

    private <T, E extends Exception> T used(ConnectionAttempts.Opened fresh, Use<T, E> use) throws SQLException, E {
        try {
            return use.of(fresh);
        } finally {
            close(fresh);
        }
    }

    private void giveUp(Connection hanging) {
        LOG.warn(
                "resource {} has not answered recovery for {} s; its connection is given up",
                name,
                CallAborter.SILENCE.toSeconds());
        CompletionStage<Void> unused = cutter.cut(() -> hanging.abort(Runnable::run));
    }

    private void close(ConnectionAttempts.Opened fresh) {
        try {
            fresh.close();
        } catch (SQLException e) {
            LOG.debug("resource {}: a connection of recovery did not close cleanly", name, e);
        }
    }

    /** One call to a driver. */
    interface Command<T> {
        T run(XAResource resource) throws XAException;
    }

    private interface Use<T, E extends Exception> {
        T of(ConnectionAttempts.Opened fresh) throws SQLException, E;
    }

    /** One question over JDBC. */
    interface Question<T> {
        T ask(Connection connection) throws SQLException;
    }
}
