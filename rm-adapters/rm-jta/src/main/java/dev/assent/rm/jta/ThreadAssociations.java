package dev.assent.rm.jta;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which transaction each thread is in. Thread-safe; every call speaks of the calling thread.
 *
 * <p>A transaction may be associated with several threads, or with none; it is ended by any of them, or through its
 * {@code Transaction} object (Jakarta Transactions 2.0, section 3.3.3).
 */
final class ThreadAssociations {
    private static final Logger LOG = LoggerFactory.getLogger(ThreadAssociations.class);

    @SuppressWarnings("ThreadLocalUsage") // one for each AssentTransactions; a static one would join all of them
    private final ThreadLocal<@Nullable JtaTransaction> current = new ThreadLocal<>();

    @Nullable
    JtaTransaction current() {
        return current.get();
    }

    /** Whether the thread may be given a transaction: one that ended on another thread is no hindrance. */
    boolean isFree() {
        JtaTransaction transaction = current.get();
        return transaction == null || transaction.status().isOver();
    }

    void associate(JtaTransaction transaction) {
        current.set(transaction);
    }

    @Nullable
    JtaTransaction dissociate() {
        JtaTransaction transaction = current.get();
        current.remove();
        return transaction;
    }

    /** Frees the thread from that transaction, if it is the one it is in. */
    @SuppressWarnings("ReferenceEquality") // equal ones are the views that several calls have of one transaction
    void dissociate(JtaTransaction transaction) {
        if (current.get() == transaction) {
            current.remove();
        }
    }

    /** Runs with the thread in {@code transaction}; afterwards it is where it was. */
    void within(JtaTransaction transaction, Runnable work) {
        JtaTransaction before = current.get();
        current.set(transaction);
        try {
            work.run();
        } finally {
            restore(before);
        }
    }

    /** Runs with the thread in no transaction; afterwards it is where it was. */
    <T> T outside(Callable<T> work) throws Exception {
        JtaTransaction before = current.get();
        current.remove();
        try {
            return work.call();
        } finally {
            restore(before);
        }
    }

    /** The same for a callback, which may have begun a transaction and not ended it. */
    void without(Runnable work) {
        JtaTransaction before = current.get();
        current.remove();
        try {
            work.run();
        } finally {
            JtaTransaction leftOpen = current.get();
            if (leftOpen != null) {
                LOG.warn(
                        "a callback after completion began {} and did not end it; the thread leaves it, and it will"
                                + " be rolled back at its deadline",
                        leftOpen);
            }
            restore(before);
        }
    }

    private void restore(@Nullable JtaTransaction before) {
        if (before == null) {
            current.remove();
        } else {
            current.set(before);
        }
    }
}
