package dev.assent.rm.jta;

import dev.assent.time.Clock;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.model.Outcome;
import jakarta.transaction.RollbackException;
import org.jspecify.annotations.Nullable;

/**
 * How far a transaction has come, and why it can only roll back if so. Thread-safe.
 *
 * <p>ACTIVE may become MARKED_ROLLBACK (marked, or past its deadline); from either, commit or rollback begins once and
 * leads over PREPARING, PREPARED and COMMITTING, or ROLLING_BACK, to what the transaction service tells. A joined
 * transaction goes through the same end when the service tells how its originator ended it.
 */
final class TransactionProgress {
    private final GlobalTransaction global;
    private final Clock clock;

    // Guarded by this.
    private final RollbackReason reason = new RollbackReason();
    private JtaStatus status = JtaStatus.ACTIVE;
    /** Commit or rollback was called; the status follows when what must run before has run. */
    private boolean ending;

    private long votes;

    TransactionProgress(GlobalTransaction global, Clock clock) {
        this.global = global;
        this.clock = clock;
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

    // ---- rollback-only

    /** Marked by an application that gives no reason. */
    void setRollbackOnly() {
        checkMayBeMarked();
        synchronized (this) {
            if (status == JtaStatus.ACTIVE) {
                status = JtaStatus.MARKED_ROLLBACK;
                reason.setBare();
            }
        }
        global.setRollbackOnly(reason());
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

    /** The same, unless it is too late for that. */
    void markIfOpen(String why, @Nullable Throwable cause) {
        if (status().isOpen()) {
            markRollbackOnly(why, cause);
        }
    }

    private void checkMayBeMarked() {
        if (!status().isOpen()) {
            throw new IllegalStateException("transaction " + global.id() + " is " + status() + ", too late to mark it");
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

    synchronized String reason() {
        return reason.text();
    }

    /** For a rollback that the application asks for. */
    synchronized String applicationsReason() {
        return reason.ofApplication();
    }

    synchronized RollbackException rolledBack(String consequence) {
        return reason.exception(global.id(), consequence);
    }

    /** It takes no more calls. */
    IllegalStateException over() {
        return new IllegalStateException("transaction " + global.id() + " is " + status() + " and takes no more calls");
    }

    // ---- the end

    /** Whether commit or rollback begins; false if one of them has begun before. */
    synchronized boolean beginEnd() {
        boolean first = !ending;
        ending = true;
        return first;
    }

    /** PREPARING only from ACTIVE; ROLLING_BACK from both open states. */
    synchronized boolean enter(JtaStatus next) {
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

    /** One more of its {@code all} branches here can commit. */
    synchronized void votedYes(long all) {
        votes++;
        if (votes == all && status.leadsTo(JtaStatus.PREPARED)) {
            status = JtaStatus.PREPARED;
        }
    }

    /** What the transaction service tells of the end is final. */
    synchronized JtaStatus ended(Outcome outcome) {
        status = JtaStatus.after(outcome);
        return status;
    }
}
