package dev.assent.rm.jta;

import dev.assent.rm.xa.XaError;
import dev.assent.rm.xa.XaParticipant;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Outcome;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Synchronization;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A global transaction as the threads of this process see it: status, synchronizations, resources and branches.
 * Usually used by one thread at a time; the state is safe to read and to mark from any.
 *
 * <p>ACTIVE may become MARKED_ROLLBACK (marked, or past its deadline); from either, commit or rollback begins once and
 * leads over PREPARING, PREPARED and COMMITTING, or ROLLING_BACK, to what the transaction service tells. A joined
 * transaction goes through the same end when the service tells how its originator ended it.
 */
public final class JtaTransaction implements Transaction {
    private static final Logger LOG = LoggerFactory.getLogger(JtaTransaction.class);

    private final GlobalTransaction global;
    private final Clock clock;
    private final ThreadAssociations threads;
    private final Branches branches;
    private final Synchronizations synchronizations = new Synchronizations();
    private final KeptResources resources = new KeptResources();
    private final CompletionThreads completionThreads;
    private final RollbackReason reason = new RollbackReason();
    private JtaStatus status = JtaStatus.ACTIVE;
    /** Commit or rollback was called; the status follows when what must run before has run. */
    private boolean ending;

    private int votes;

    JtaTransaction(
            GlobalTransaction global, Clock clock, ThreadAssociations threads, CompletionThreads completionThreads) {
        this.global = global;
        this.clock = clock;
        this.threads = threads;
        this.completionThreads = completionThreads;
        this.branches = new Branches(global, clock, participant -> new ObservedParticipant(participant, this));
    }

    /** The gtrid in hexadecimal, for logs. */
    public String id() {
        return global.id();
    }

    /** For headers: whoever holds it may join. */
    public String token() {
        return global.token();
    }

    public boolean isOriginator() {
        return global.isOriginator();
    }

    /** Whether it is one of those whose threads {@code associations} knows. */
    boolean isKnownTo(ThreadAssociations associations) {
        return threads == associations;
    }

    synchronized JtaStatus status() {
        if (status == JtaStatus.ACTIVE) {
            // Asked before the clock is: a coordinator marks what has expired, and the time-out is the reason then.
            boolean marked = global.isRollbackOnly();
            if (!clock.instant().isBefore(global.deadline())) {
                String clockIsOff =
                        global.clockComplaint().map(told -> "; " + told).orElse("");
                mark("timed out: its deadline was " + global.deadline() + clockIsOff, null);
            } else if (marked) {
                mark("marked rollback-only by another participant, or given up by its coordinator", null);
            }
        }
        return status;
    }

    @Override
    public int getStatus() {
        return status().code();
    }

    @Override
    public void setRollbackOnly() {
        checkMayBeMarked();
        synchronized (this) {
            if (status == JtaStatus.ACTIVE) {
                status = JtaStatus.MARKED_ROLLBACK;
                reason.setBare();
            }
        }
        global.setRollbackOnly(reasonText());
    }

    /** As {@link #setRollbackOnly}, with the reason that commit will tell. */
    void markRollbackOnly(String why, @Nullable Throwable cause) {
        checkMayBeMarked();
        synchronized (this) {
            // A framework marks first and throws what happened afterwards: the latter says more.
            if (status == JtaStatus.ACTIVE || (cause != null && !reason.hasCause())) {
                mark(why, cause);
            }
        }
        global.setRollbackOnly(why);
    }

    private void checkMayBeMarked() {
        if (!status().isOpen()) {
            throw new IllegalStateException("transaction " + id() + " is " + status() + ", too late to mark it");
        }
    }

    private synchronized void mark(String why, @Nullable Throwable cause) {
        status = JtaStatus.MARKED_ROLLBACK;
        reason.set(why, cause);
    }

    /** Keeps what failed in the transaction, to be told if the application rolls back and gives no reason itself. */
    synchronized void note(String failure) {
        reason.note(failure);
    }

    private synchronized String reasonText() {
        return reason.text();
    }

    @Override
    public void registerSynchronization(Synchronization synchronization) throws RollbackException {
        switch (status()) {
            case ACTIVE -> synchronizations.register(synchronization);
            case MARKED_ROLLBACK -> throw rolledBack("no synchronization is taken");
            case PREPARING, PREPARED, COMMITTING, ROLLING_BACK, COMMITTED, ROLLED_BACK, UNKNOWN, NO_TRANSACTION ->
                throw over();
        }
    }

    void registerInterposedSynchronization(Synchronization synchronization) {
        if (!status().isOpen()) {
            throw over();
        }
        synchronizations.registerInterposed(synchronization);
    }

    @Nullable
    Object resource(Object key) {
        return resources.get(key);
    }

    void putResource(Object key, @Nullable Object value) {
        if (!resources.put(key, value)) {
            throw over();
        }
    }

    @Override
    public boolean enlistResource(XAResource resource) throws RollbackException, SystemException {
        if (!(resource instanceof NamedXaResource named)) {
            throw new SystemException("an XAResource of " + resource.getClass().getName() + " was enlisted without a"
                    + " name, so its branches could not be found after a crash. Register its database with"
                    + " registerRecovery(name, XADataSource) and enlist resource(name, xaResource).");
        }
        checkTakesWork(named);
        try {
            branches.work(named);
        } catch (RollbackException refused) {
            throw withReason(refused);
        } catch (XAException e) {
            throw Failures.caused(
                    new SystemException(
                            "resource " + named.home().name() + " did not begin its work: " + XaError.describe(e)),
                    e);
        }
        return true;
    }

    /** Enlists a resource, or finds its branch; its work is for the caller to start. */
    XaParticipant enlist(NamedXaResource resource) throws RollbackException, SystemException {
        checkTakesWork(resource);
        try {
            return branches.enlist(resource);
        } catch (RollbackException refused) {
            throw withReason(refused);
        }
    }

    /** As {@link #enlist}, in the branch of a connection that died before any work had begun over it. */
    XaParticipant move(XAResource dead, NamedXaResource resource) throws RollbackException, SystemException {
        checkTakesWork(resource);
        return branches.move(dead, resource);
    }

    private void checkTakesWork(NamedXaResource resource) throws RollbackException {
        JtaStatus now = status();
        if (now == JtaStatus.MARKED_ROLLBACK) {
            throw rolledBack("no work in " + resource.home().name());
        }
        if (now != JtaStatus.ACTIVE) {
            throw over();
        }
    }

    /** The coordinator says that it takes no more work; why, as a deadline that passed, is known here. */
    private RollbackException withReason(RollbackException refused) {
        return status() == JtaStatus.MARKED_ROLLBACK ? rolledBack(String.valueOf(refused.getMessage())) : refused;
    }

    /** The application has ended, by itself, what was done over that resource object; see {@link ObservedParticipant}. */
    void endedByApplication(XAResource driver, HeuristicOutcome outcome, String cause) {
        Association association = branches.find(driver);
        if (association != null && outcome != HeuristicOutcome.ROLLED_BACK) {
            association.observed().endedByApplication(outcome, cause);
        }
        if (status().isOpen()) {
            markRollbackOnly(cause, null);
        }
    }

    /**
     * Ends, or suspends, the work of a resource. Where its resource manager cannot suspend, {@code TMSUSPEND} leaves
     * the work as it is: a suspended transaction keeps its connections here.
     *
     * @return whether the resource was at work in this transaction
     */
    @Override
    public boolean delistResource(XAResource resource, int flag) throws SystemException {
        if (flag != XAResource.TMSUCCESS && flag != XAResource.TMFAIL && flag != XAResource.TMSUSPEND) {
            throw new SystemException("a resource is delisted with TMSUCCESS, TMFAIL or TMSUSPEND, not with " + flag);
        }
        if (!status().isOpen()) {
            throw over();
        }
        Association association = branches.find(resource);
        if (association == null) {
            return false;
        }
        try {
            return branches.delist(association, flag);
        } catch (XAException e) {
            throw Failures.caused(new SystemException("work did not end: " + XaError.describe(e)), e);
        } finally {
            if (flag == XAResource.TMFAIL && status().isOpen()) {
                markRollbackOnly("a resource was delisted with TMFAIL", null);
            }
        }
    }

    /** By any thread (section 3.3.3); synchronizations run before completion with the thread in this transaction. */
    @Override
    public void commit()
            throws RollbackException, HeuristicMixedException, HeuristicRollbackException, SystemException {
        beginToEnd("commit");
        threads.within(this, this::beforeCompletion);
        endBranches();
        if (enter(JtaStatus.PREPARING)) {
            OutcomeReport.ofCommit(this, end(global::commit));
            return;
        }
        enter(JtaStatus.ROLLING_BACK);
        Outcome outcome = end(() -> global.rollback(reasonText()));
        if (outcome instanceof Outcome.RolledBack) {
            throw rolledBack("rolled back");
        }
        OutcomeReport.ofCommit(this, outcome);
        throw new SystemException(
                "transaction " + id() + " was to be rolled back (" + reasonText() + ") but had already been committed");
    }

    @Override
    public void rollback() throws SystemException {
        beginToEnd("rollback");
        enter(JtaStatus.ROLLING_BACK);
        endWork();
        Outcome outcome = end(() -> global.rollback(applicationsReason()));
        if (outcome instanceof Outcome.Unknown unknown) {
            throw new OutcomeUnknownException(id(), token(), unknown.cause());
        }
        if (!(outcome instanceof Outcome.RolledBack)) {
            throw new SystemException("transaction " + id() + " was told to roll back; as far as is known: " + outcome);
        }
    }

    private synchronized String applicationsReason() {
        return reason.ofApplication();
    }

    /** Whatever happens from here on, the transaction gets an end, and what waits for it is told. */
    private Outcome end(Supplier<Outcome> ask) {
        Outcome outcome = new Outcome.Unknown("the transaction service failed");
        try {
            outcome = ask.get();
        } catch (RuntimeException e) {
            LOG.warn("transaction {}: the transaction service failed at its end", id(), e);
            outcome = new Outcome.Unknown("the transaction service failed: " + e);
        } finally {
            complete(outcome);
        }
        return outcome;
    }

    private void beginToEnd(String what) {
        if (!status().isOpen()) {
            throw over();
        }
        if (!global.isOriginator()) {
            refuseParticipant(what);
        }
        synchronized (this) {
            if (ending) {
                throw new IllegalStateException("transaction " + id() + " is ending already, so it takes no " + what
                        + "; a synchronization that wants it to roll back calls setRollbackOnly()");
            }
            ending = true;
        }
    }

    private void refuseParticipant(String what) {
        String refusal = "transaction " + id() + " was begun by a caller of this service, and only that caller can "
                + what + " it";
        if (what.equals("rollback")) {
            markRollbackOnly("a participant asked for rollback", null);
            throw new IllegalStateException(refusal + "; it is marked rollback-only now");
        }
        throw new IllegalStateException(refusal);
    }

    /** PREPARING only from ACTIVE; ROLLING_BACK from both open states. */
    private synchronized boolean enter(JtaStatus next) {
        JtaStatus now = status();
        boolean allowed = next == JtaStatus.PREPARING ? now == JtaStatus.ACTIVE : now.isOpen();
        if (allowed) {
            status = next;
        }
        return allowed;
    }

    /** A branch of it is told to go on to {@code next}; only an end that has begun here, or at the originator, does. */
    synchronized void reached(JtaStatus next) {
        boolean begunElsewhere = status == JtaStatus.ACTIVE && next == JtaStatus.PREPARING && !global.isOriginator();
        if (begunElsewhere || status.leadsTo(next)) {
            status = next;
        }
    }

    /** One more of its branches here can commit. */
    void votedYes() {
        long all = branches.count();
        synchronized (this) {
            votes++;
            if (votes == all && status.leadsTo(JtaStatus.PREPARED)) {
                status = JtaStatus.PREPARED;
            }
        }
    }

    /** Runs the callbacks that flush; one that fails makes the transaction rollback-only. */
    private void beforeCompletion() {
        if (status() != JtaStatus.ACTIVE) {
            return;
        }
        try {
            synchronizations.beforeCompletion();
        } catch (RuntimeException | Error e) {
            // An Error that got out here would leave the transaction open, and its locks held.
            if (status().isOpen()) {
                markRollbackOnly("a synchronization failed before completion: " + e, e);
            }
        }
    }

    private void endBranches() {
        noticeThoseLeft();
        boolean successful = status() == JtaStatus.ACTIVE;
        Optional<Throwable> failure = branches.endAll(successful);
        if (successful && failure.isPresent() && status().isOpen()) {
            markRollbackOnly("a resource failed at the end of its work: " + describe(failure.get()), failure.get());
        }
    }

    /** Whether it was by COMMIT or by ROLLBACK nobody knows: statements on bare connections are not seen. */
    private void noticeThoseLeft() {
        branches.left()
                .forEach(association -> endedByApplication(
                        association.driver(), HeuristicOutcome.HAZARD, association.endedByApplication()));
    }

    private void endWork() {
        noticeThoseLeft();
        branches.endAll(false)
                .ifPresent(failure -> LOG.debug("transaction {}: work that is rolled back did not end", id(), failure));
    }

    private static String describe(Throwable failure) {
        return failure instanceof XAException told ? XaError.describe(told) : failure.toString();
    }

    /** The end of a call that worked in a joined transaction: everything is flushed, and the branches can prepare. */
    void endCall() throws RollbackException {
        beforeCompletion();
        endBranches();
        if (status() == JtaStatus.MARKED_ROLLBACK) {
            throw rolledBack("it can only roll back");
        }
    }

    /** Whether anything here waits for the outcome. */
    boolean awaitsOutcome() {
        return !branches.isEmpty() || !synchronizations.isEmpty();
    }

    /** Records how it ended, and tells the synchronizations, whose thread is free of this transaction. */
    void complete(Outcome outcome) {
        tellCompletion(recorded(outcome));
    }

    /**
     * As {@link #complete}, for one that was joined: its end is told on threads of ours, and what it holds waits neither
     * for the callbacks of others nor, for long, for its own.
     */
    void completeLater(Outcome outcome) {
        JtaStatus end = recorded(outcome);
        if (synchronizations.hasInterposed()) {
            awaitCallbacks();
        } else if (resources.holdWork()) {
            completionThreads.giveBack(resources::giveBack);
        } else {
            resources.giveBack();
        }
        if (!synchronizations.isEmpty()) {
            completionThreads.call(this, () -> tellCompletion(end));
        }
    }

    private JtaStatus recorded(Outcome outcome) {
        JtaStatus end = JtaStatus.after(outcome);
        synchronized (this) {
            status = end;
        }
        threads.dissociate(this);
        return end;
    }

    private void tellCompletion(JtaStatus end) {
        if (synchronizations.hasInterposed()) {
            awaitCallbacks();
        }
        threads.without(() -> synchronizations.afterCompletion(end, this::giveBack));
    }

    private void awaitCallbacks() {
        if (resources.holdWork()) {
            completionThreads.awaitCallbacks(this, resources);
        }
    }

    private void giveBack() {
        completionThreads.cameBack(resources);
        resources.giveBack();
    }

    /** Work here was rolled back and the outcome is not known. */
    void workDropped() {
        completionThreads.giveBack(resources::giveBackWhatIsOver);
    }

    private synchronized RollbackException rolledBack(String consequence) {
        return reason.exception(id(), consequence);
    }

    private IllegalStateException over() {
        return new IllegalStateException("transaction " + id() + " is " + status() + " and takes no more calls");
    }

    /** Views of one global transaction are equal (section 3.3.4). */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof JtaTransaction transaction
                && threads == transaction.threads
                && id().equals(transaction.id());
    }

    @Override
    public int hashCode() {
        return id().hashCode();
    }

    @Override
    public String toString() {
        JtaStatus now = status();
        String why = now == JtaStatus.MARKED_ROLLBACK ? ": " + reasonText() : "";
        return "transaction " + id() + " (" + now + why + ")";
    }
}
