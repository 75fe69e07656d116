package dev.assent.rm.jta;

import dev.assent.rm.xa.XaError;
import dev.assent.rm.xa.XaParticipant;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.model.Outcome;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Synchronization;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;

/**
 * A global transaction as the threads of this process see it: status, synchronizations, resources and branches.
 * Usually used by one thread at a time; the state is safe to read and to mark from any.
 *
 * <p>ACTIVE may become MARKED_ROLLBACK (marked, or past its deadline); from either, commit or rollback begins once and
 * leads over COMMITTING or ROLLING_BACK to what the transaction service tells. A joined transaction goes through the
 * same end when the service tells how its originator ended it.
 */
public final class JtaTransaction implements Transaction {
    private final GlobalTransaction global;
    private final Clock clock;
    private final Branches branches;
    private final Synchronizations synchronizations = new Synchronizations();
    private final Map<Object, Object> resources = new HashMap<>();
    private JtaStatus status = JtaStatus.ACTIVE;
    private @Nullable Throwable rollbackCause;
    private String rollbackReason = "marked rollback-only";

    JtaTransaction(GlobalTransaction global, Clock clock) {
        this.global = global;
        this.clock = clock;
        this.branches = new Branches(global);
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

    synchronized JtaStatus status() {
        if (status == JtaStatus.ACTIVE) {
            if (!clock.instant().isBefore(global.deadline())) {
                mark("timed out: its deadline was " + global.deadline(), null);
            } else if (global.isRollbackOnly()) {
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
        markRollbackOnly("marked rollback-only", null);
    }

    /** As {@link #setRollbackOnly}, with the reason that commit will tell. */
    void markRollbackOnly(String reason, @Nullable Throwable cause) {
        if (!status().isOpen()) {
            throw new IllegalStateException("transaction " + id() + " is " + status() + ", too late to mark it");
        }
        synchronized (this) {
            // A framework marks first and throws what happened afterwards: the latter says more.
            if (status == JtaStatus.ACTIVE || (rollbackCause == null && cause != null)) {
                mark(reason, cause);
            }
        }
        global.setRollbackOnly(reason);
    }

    private void mark(String reason, @Nullable Throwable cause) {
        status = JtaStatus.MARKED_ROLLBACK;
        rollbackReason = reason;
        rollbackCause = cause;
    }

    @Override
    public void registerSynchronization(Synchronization synchronization) throws RollbackException {
        switch (status()) {
            case ACTIVE -> synchronizations.register(synchronization);
            case MARKED_ROLLBACK -> throw rolledBack("no synchronization is taken");
            case COMMITTED, ROLLED_BACK, UNKNOWN, NO_TRANSACTION, COMMITTING, ROLLING_BACK -> throw over();
        }
    }

    void registerInterposedSynchronization(Synchronization synchronization) {
        if (!status().isOpen()) {
            throw over();
        }
        synchronizations.registerInterposed(synchronization);
    }

    synchronized @Nullable Object resource(Object key) {
        return resources.get(key);
    }

    synchronized void putResource(Object key, @Nullable Object value) {
        if (value == null) {
            resources.remove(key);
        } else {
            resources.put(key, value);
        }
    }

    @Override
    public boolean enlistResource(XAResource resource) throws RollbackException, SystemException {
        if (!(resource instanceof NamedXaResource named)) {
            throw new SystemException("an XAResource of " + resource.getClass().getName() + " was enlisted without a"
                    + " name, so its branches could not be found after a crash. Register its database with"
                    + " registerRecovery(name, XADataSource) and enlist resource(name, xaResource).");
        }
        XaParticipant branch = enlist(named);
        try {
            branch.start();
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
        JtaStatus now = status();
        if (now == JtaStatus.MARKED_ROLLBACK) {
            throw rolledBack("no work in " + resource.home().name());
        }
        if (now != JtaStatus.ACTIVE) {
            throw over();
        }
        return branches.enlist(resource);
    }

    /**
     * Ends the work of a resource. {@code TMSUSPEND} leaves it as it is, because a suspended transaction keeps its
     * connections here.
     */
    @Override
    public boolean delistResource(XAResource resource, int flag) throws SystemException {
        if (!status().isOpen()) {
            throw over();
        }
        XaParticipant participant = branches.find(resource);
        if (participant == null) {
            return false;
        }
        if (flag == XAResource.TMSUSPEND) {
            return true;
        }
        try {
            participant.end(flag == XAResource.TMSUCCESS);
        } catch (XAException e) {
            throw Failures.caused(new SystemException("work did not end: " + XaError.describe(e)), e);
        }
        if (flag == XAResource.TMFAIL) {
            markRollbackOnly("a resource was delisted with TMFAIL", null);
        }
        return true;
    }

    @Override
    public void commit() throws RollbackException, HeuristicMixedException, SystemException {
        checkMayEnd("commit");
        beforeCompletion();
        endBranches();
        if (begin(JtaStatus.COMMITTING)) {
            Outcome outcome = global.commit();
            complete(outcome);
            report(outcome);
            return;
        }
        begin(JtaStatus.ROLLING_BACK);
        Outcome outcome = global.rollback(rollbackReason);
        complete(outcome);
        if (outcome instanceof Outcome.RolledBack) {
            throw rolledBack("rolled back");
        }
        report(outcome);
        throw new SystemException("transaction " + id() + " was to be rolled back (" + rollbackReason
                + ") but had already been committed");
    }

    @Override
    public void rollback() throws SystemException {
        checkMayEnd("rollback");
        if (!begin(JtaStatus.ROLLING_BACK)) {
            throw over();
        }
        endWork(false);
        Outcome outcome = global.rollback("rolled back by the application");
        complete(outcome);
        if (outcome instanceof Outcome.Unknown unknown) {
            throw new OutcomeUnknownException(id(), token(), unknown.cause());
        }
        if (!(outcome instanceof Outcome.RolledBack)) {
            throw new SystemException("transaction " + id() + " was told to roll back; as far as is known: " + outcome);
        }
    }

    private void checkMayEnd(String what) {
        if (!status().isOpen()) {
            throw over();
        }
        if (!global.isOriginator()) {
            String refusal = "transaction " + id() + " was begun by a caller of this service, and only that caller can "
                    + what + " it";
            if (what.equals("rollback")) {
                markRollbackOnly("a participant asked for rollback", null);
                throw new IllegalStateException(refusal + "; it is marked rollback-only now");
            }
            throw new IllegalStateException(refusal);
        }
    }

    /** COMMITTING only from ACTIVE; ROLLING_BACK from both open states. */
    private synchronized boolean begin(JtaStatus next) {
        JtaStatus now = status();
        boolean allowed = next == JtaStatus.COMMITTING ? now == JtaStatus.ACTIVE : now.isOpen();
        if (allowed) {
            status = next;
        }
        return allowed;
    }

    /** Runs the callbacks that flush; one that fails makes the transaction rollback-only. */
    private void beforeCompletion() {
        if (status() != JtaStatus.ACTIVE) {
            return;
        }
        try {
            synchronizations.beforeCompletion();
        } catch (RuntimeException e) {
            markRollbackOnly("a synchronization failed before completion: " + e, e);
        }
    }

    private void endBranches() {
        try {
            branches.endAll(status() == JtaStatus.ACTIVE);
        } catch (XAException e) {
            markRollbackOnly("a resource failed at the end of its work: " + XaError.describe(e), e);
            endWork(false);
        }
    }

    private void endWork(boolean successful) {
        try {
            branches.endAll(successful);
        } catch (XAException e) {
            throw new IllegalStateException("ending failed work must not fail", e);
        }
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

    /** Records how it ended and tells the synchronizations. */
    void complete(Outcome outcome) {
        JtaStatus end = JtaStatus.after(outcome);
        synchronized (this) {
            status = end;
        }
        synchronizations.afterCompletion(end);
    }

    /** Work here was rolled back and the outcome is not known: what the work held is forgotten, then given back. */
    void workDropped() {
        Map<Object, Object> kept;
        synchronized (this) {
            kept = new HashMap<>(resources);
        }
        kept.forEach((key, resource) -> {
            if (resource instanceof HeldForWork held && held.isOver()) {
                putResource(key, null);
                held.giveBack();
            }
        });
    }

    private void report(Outcome outcome) throws RollbackException, HeuristicMixedException, SystemException {
        if (outcome instanceof Outcome.RolledBack rolledBack) {
            throw new RollbackException("transaction " + id() + " rolled back: " + rolledBack.cause());
        }
        if (outcome instanceof Outcome.HeuristicMixed mixed) {
            throw new HeuristicMixedException(
                    "transaction " + id() + " ended differently in some of its resources: " + mixed.detail());
        }
        if (outcome instanceof Outcome.HeuristicHazard hazard) {
            throw new HeuristicMixedException("transaction " + id() + " may have ended differently in some of its"
                    + " resources: " + hazard.detail());
        }
        if (outcome instanceof Outcome.Unknown unknown) {
            throw new OutcomeUnknownException(id(), token(), unknown.cause());
        }
    }

    private RollbackException rolledBack(String consequence) {
        return Failures.caused(
                new RollbackException(
                        "transaction " + id() + ": " + consequence + ", because it was " + rollbackReason),
                rollbackCause);
    }

    private IllegalStateException over() {
        return new IllegalStateException("transaction " + id() + " is " + status() + " and takes no more calls");
    }

    @Override
    public String toString() {
        return "transaction " + id() + " (" + status() + ")";
    }
}
