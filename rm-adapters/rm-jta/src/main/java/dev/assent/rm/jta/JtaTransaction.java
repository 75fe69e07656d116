package dev.assent.rm.jta;

import dev.assent.rm.xa.XaError;
import dev.assent.rm.xa.XaParticipant;
import dev.assent.time.Clock;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.spi.Participant;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Synchronization;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import java.util.function.Function;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;

/**
 * A global transaction as the threads of this process see it: what may be done in it, and to it. How far it has come is
 * {@link TransactionProgress}'s, its end {@link TransactionEnd}'s, and what follows {@link AfterCompletion}'s. Usually used by
 * one thread at a time; the state is safe to read and to mark from any.
 */
public final class JtaTransaction implements Transaction {
    private final GlobalTransaction global;
    private final ThreadAssociations threads;
    private final TransactionProgress progress;
    private final LocalBranches branches;
    private final Synchronizations synchronizations = new Synchronizations();
    private final KeptResources resources = new KeptResources();
    private final TransactionEnd end;
    private final AfterCompletion afterCompletion;

    JtaTransaction(
            GlobalTransaction global, Clock clock, ThreadAssociations threads, CompletionThreads completionThreads) {
        this.global = global;
        this.threads = threads;
        this.progress = new TransactionProgress(global, clock);
        this.branches = new LocalBranches(global, clock, progress);
        this.afterCompletion =
                new AfterCompletion(this, progress, synchronizations, resources, threads, completionThreads);
        this.end = new TransactionEnd(global, progress, branches, synchronizations, afterCompletion::tell);
    }

    /** The gtrid in hexadecimal, for logs. */
    public String id() {
        return global.id();
    }

    /** For headers: whoever holds it may join. */
    public String token() {
        return global.token();
    }

    /** The W3C traceparent that work in it belongs below; empty if nobody makes spans. */
    String trace() {
        return global.trace();
    }

    /** Names the database that decides it, before any work is done in it. */
    void decideIn(String name) {
        global.decideIn(name);
    }

    public boolean isOriginator() {
        return global.isOriginator();
    }

    /** Whether it is one of those whose threads {@code associations} knows. */
    boolean isKnownTo(ThreadAssociations associations) {
        return threads == associations;
    }

    JtaStatus status() {
        return progress.status();
    }

    @Override
    public int getStatus() {
        return status().code();
    }

    @Override
    public void setRollbackOnly() {
        progress.setRollbackOnly();
    }

    /** As {@link #setRollbackOnly}, with the reason that commit will tell. */
    void markRollbackOnly(String why, @Nullable Throwable cause) {
        progress.markRollbackOnly(why, cause);
    }

    /** Keeps what failed in the transaction, to be told if the application rolls back and gives no reason itself. */
    void note(String failure) {
        progress.note(failure);
    }

    @Override
    public void registerSynchronization(Synchronization synchronization) throws RollbackException {
        switch (status()) {
            case ACTIVE -> synchronizations.register(synchronization);
            case MARKED_ROLLBACK -> throw progress.rolledBack("no synchronization is taken");
            case PREPARING, PREPARED, COMMITTING, ROLLING_BACK, COMMITTED, ROLLED_BACK, UNKNOWN, NO_TRANSACTION ->
                throw progress.over();
        }
    }

    void registerInterposedSynchronization(Synchronization synchronization) {
        if (!status().isOpen()) {
            throw progress.over();
        }
        synchronizations.registerInterposed(synchronization);
    }

    @Nullable
    Object resource(Object key) {
        return resources.get(key);
    }

    void putResource(Object key, @Nullable Object value) {
        if (!resources.put(key, value)) {
            throw progress.over();
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

    /** Enlists a branch of a resource that speaks no XA. */
    BranchId enlist(String resource, Function<BranchId, Participant> participant) throws RollbackException {
        checkTakesWork(resource);
        try {
            return branches.other(resource, participant);
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
        checkTakesWork(resource.home().name());
    }

    private void checkTakesWork(String resource) throws RollbackException {
        JtaStatus now = status();
        if (now == JtaStatus.MARKED_ROLLBACK) {
            throw progress.rolledBack("no work in " + resource);
        }
        if (now != JtaStatus.ACTIVE) {
            throw progress.over();
        }
    }

    /** The coordinator says that it takes no more work; why, as a deadline that passed, is known here. */
    private RollbackException withReason(RollbackException refused) {
        return status() == JtaStatus.MARKED_ROLLBACK
                ? progress.rolledBack(String.valueOf(refused.getMessage()))
                : refused;
    }

    /** The application has ended, by itself, what was done over that resource object; see {@link ObservedParticipant}. */
    void endedByApplication(XAResource driver, HeuristicOutcome outcome, String cause) {
        Association association = branches.find(driver);
        if (association != null && outcome != HeuristicOutcome.ROLLED_BACK) {
            association.observed().endedByApplication(outcome, cause);
        }
        progress.markIfOpen(cause, null);
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
            throw progress.over();
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
            if (flag == XAResource.TMFAIL) {
                progress.markIfOpen("a resource was delisted with TMFAIL", null);
            }
        }
    }

    /** By any thread (section 3.3.3); synchronizations run before completion with the thread in this transaction. */
    @Override
    public void commit()
            throws RollbackException, HeuristicMixedException, HeuristicRollbackException, SystemException {
        end.commit(before -> threads.within(this, before));
    }

    @Override
    public void rollback() throws SystemException {
        end.rollback();
    }

    /** The end of a call that worked in a joined transaction: everything is flushed, and the branches can prepare. */
    void endCall() throws RollbackException {
        end.endCall();
    }

    /** Whether anything here waits for the outcome. */
    boolean awaitsOutcome() {
        return !branches.isEmpty() || !synchronizations.isEmpty();
    }

    /** The service tells how a transaction ended that was joined. */
    void complete(Outcome outcome) {
        afterCompletion.tellLater(outcome);
    }

    /** Work here was rolled back and the outcome is not known. */
    void workDropped() {
        afterCompletion.workDropped();
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
        String why = now == JtaStatus.MARKED_ROLLBACK ? ": " + progress.reason() : "";
        return "transaction " + id() + " (" + now + why + ")";
    }
}
