package dev.assent.rm.jta;

import dev.assent.tx.api.GlobalTransaction;
import jakarta.transaction.RollbackException;
import org.jspecify.annotations.Nullable;

/**
 * The current thread's work in a transaction that was begun elsewhere, from {@link AssentTransactions#join} to
 * {@link #leave}. Bound to its thread.
 */
public final class Participation implements AutoCloseable {
    private final AssentTransactions transactions;
    private final JtaTransaction transaction;
    private final GlobalTransaction.Call call;
    private boolean left;

    Participation(AssentTransactions transactions, JtaTransaction transaction, GlobalTransaction.Call call) {
        this.transactions = transactions;
        this.transaction = transaction;
        this.call = call;
    }

    public String id() {
        return transaction.id();
    }

    /** The global transaction can only roll back from now on; does nothing if it has ended meanwhile. */
    public void markRollbackOnly(String reason, @Nullable Throwable cause) {
        if (transaction.status().isOpen()) {
            transaction.markRollbackOnly(reason, cause);
        }
    }

    /**
     * Ends the work: runs what must run before completion, ends the branches so that they can vote, and frees the
     * thread. Call it before the caller gets its answer.
     *
     * @throws RollbackException the transaction can only roll back; the message and the cause tell why
     */
    public void leave() throws RollbackException {
        if (left) {
            return;
        }
        left = true;
        try {
            if (transaction.status().isOpen()) {
                transaction.endCall();
            }
        } finally {
            transactions.left(transaction);
            call.close();
        }
    }

    /** Leaves; if {@link #leave} was not called before, the work is taken as failed. */
    @Override
    public void close() {
        if (left) {
            return;
        }
        markRollbackOnly("a participant's call did not end properly", null);
        try {
            leave();
        } catch (RollbackException e) {
            // Just what was asked for.
            left = true;
        }
    }
}
