package dev.assent.rm.jta;

import dev.assent.rm.xa.XaError;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Outcome;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.transaction.xa.XAException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commit and rollback of one transaction: what flushes runs, the work ends in all branches, the transaction service
 * decides, and its answer is told as Jakarta Transactions tells it (section 3.3.3). Thread-safe as far as its parts are;
 * of several calls that would end the transaction the first one does.
 */
final class TransactionEnd {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionEnd.class);

    private final GlobalTransaction global;
    private final TransactionProgress progress;
    private final LocalBranches branches;
    private final Synchronizations synchronizations;
    private final Consumer<Outcome> completed;

    /** @param completed told how it ended, whatever happens */
    TransactionEnd(
            GlobalTransaction global,
            TransactionProgress progress,
            LocalBranches branches,
            Synchronizations synchronizations,
            Consumer<Outcome> completed) {
        this.global = global;
        this.progress = progress;
        this.branches = branches;
        this.synchronizations = synchronizations;
        this.completed = completed;
    }

    /** @param within runs the callbacks before completion with the thread in the transaction */
    void commit(Consumer<Runnable> within)
            throws RollbackException, HeuristicMixedException, HeuristicRollbackException, SystemException {
        begin("commit");
        within.accept(this::beforeCompletion);
        endBranches();
        if (progress.enter(JtaStatus.PREPARING)) {
            OutcomeReport.ofCommit(global, end(global::commit));
            return;
        }
        boolean unused = progress.enter(JtaStatus.ROLLING_BACK);
        Outcome outcome = end(() -> global.rollback(progress.reason()));
        if (outcome instanceof Outcome.RolledBack) {
            throw progress.rolledBack("rolled back");
        }
        OutcomeReport.ofCommit(global, outcome);
        throw new SystemException("transaction " + global.id() + " was to be rolled back (" + progress.reason()
                + ") but had already been committed");
    }

    void rollback() throws SystemException {
        begin("rollback");
        boolean unused = progress.enter(JtaStatus.ROLLING_BACK);
        branches.endAll(false)
                .ifPresent(failure ->
                        LOG.debug("transaction {}: work that is rolled back did not end", global.id(), failure));
        OutcomeReport.ofRollback(global, end(() -> global.rollback(progress.applicationsReason())));
    }

    /** The end of a call that worked in a joined transaction: everything is flushed, and the branches can prepare. */
    void endCall() throws RollbackException {
        beforeCompletion();
        noticeEndedBySql();
        endBranches();
        if (progress.status() == JtaStatus.MARKED_ROLLBACK) {
            throw progress.rolledBack("it can only roll back");
        }
    }

    private void begin(String what) {
        if (!progress.status().isOpen()) {
            throw progress.over();
        }
        if (!global.isOriginator()) {
            refuseParticipant(what);
        }
        if (!progress.beginEnd()) {
            throw new IllegalStateException("transaction " + global.id() + " is ending already, so it takes no " + what
                    + "; a synchronization that wants it to roll back calls setRollbackOnly()");
        }
    }

    private void refuseParticipant(String what) {
        String refusal = "transaction " + global.id()
                + " was begun by a caller of this service, and only that caller can " + what + " it";
        if (what.equals("rollback")) {
            progress.markRollbackOnly("a participant asked for rollback", null);
            throw new IllegalStateException(refusal + "; it is marked rollback-only now");
        }
        throw new IllegalStateException(refusal);
    }

    /** Whatever happens from here on, the transaction gets an end, and what waits for it is told. */
    private Outcome end(Supplier<Outcome> ask) {
        Outcome outcome = new Outcome.Unknown("the transaction service failed");
        try {
            outcome = ask.get();
        } catch (RuntimeException e) {
            LOG.warn("transaction {}: the transaction service failed at its end", global.id(), e);
            outcome = new Outcome.Unknown("the transaction service failed: " + e);
        } finally {
            completed.accept(outcome);
        }
        return outcome;
    }

    /** Runs the callbacks that flush; one that fails makes the transaction rollback-only. */
    private void beforeCompletion() {
        if (progress.status() != JtaStatus.ACTIVE) {
            return;
        }
        try {
            synchronizations.beforeCompletion();
        } catch (RuntimeException | Error e) {
            // An Error that got out here would leave the transaction open, and its locks held.
            progress.markIfOpen("a synchronization failed before completion: " + e, e);
        }
    }

    private void endBranches() {
        boolean successful = progress.status() == JtaStatus.ACTIVE;
        Optional<Throwable> failure = branches.endAll(successful);
        if (successful && failure.isPresent()) {
            progress.markIfOpen("a resource failed at the end of its work: " + describe(failure.get()), failure.get());
        }
    }

    /**
     * Whether it was by COMMIT or by ROLLBACK nobody knows: statements on bare connections are not seen. The vote and the
     * rollback of a branch find the same out where they call the driver anyway, so who commits does not ask; a call
     * whose caller is elsewhere still can be refused itself.
     */
    private void noticeEndedBySql() {
        for (Association ended : branches.endedBySql()) {
            ended.observed().endedByApplication(HeuristicOutcome.HAZARD, ended.endedByApplication());
            progress.markIfOpen(ended.endedByApplication(), null);
        }
    }

    private static String describe(Throwable failure) {
        return failure instanceof XAException told ? XaError.describe(told) : failure.toString();
    }
}
