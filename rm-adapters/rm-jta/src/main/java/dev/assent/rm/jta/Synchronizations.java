package dev.assent.rm.jta;

import jakarta.transaction.Synchronization;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The callbacks of one transaction in the order of Jakarta Transactions 2.0, section 3.3.2: before completion the
 * ordinary ones run first, then the interposed ones; after completion the interposed ones first. Callbacks may
 * register more while they run. Thread-safe.
 */
final class Synchronizations {
    private static final Logger LOG = LoggerFactory.getLogger(Synchronizations.class);

    /** A callback that registers another one for ever would otherwise never let its transaction end. */
    static final int REGISTERED_MAX = 100_000;

    private final Deque<Synchronization> ordinaryToDo = new ArrayDeque<>();
    private final Deque<Synchronization> interposedToDo = new ArrayDeque<>();
    private final List<Synchronization> ordinary = new ArrayList<>();
    private final List<Synchronization> interposed = new ArrayList<>();

    synchronized void register(Synchronization synchronization) {
        checkUsable(synchronization);
        ordinary.add(synchronization);
        ordinaryToDo.add(synchronization);
    }

    synchronized void registerInterposed(Synchronization synchronization) {
        checkUsable(synchronization);
        interposed.add(synchronization);
        interposedToDo.add(synchronization);
    }

    private void checkUsable(@Nullable Synchronization synchronization) {
        if (synchronization == null) {
            // Before anything is kept: one of nothing would fail the end of a transaction that is decided.
            throw new NullPointerException("a synchronization is to be registered, and none was given");
        }
        if (ordinary.size() + interposed.size() >= REGISTERED_MAX) {
            throw new IllegalStateException(
                    "the transaction has " + REGISTERED_MAX + " synchronizations; register fewer of them");
        }
    }

    synchronized boolean hasInterposed() {
        return !interposed.isEmpty();
    }

    synchronized boolean isEmpty() {
        return ordinary.isEmpty() && interposed.isEmpty();
    }

    /** Runs the callbacks that were registered since the last time; the first failure ends it, and comes out. */
    void beforeCompletion() {
        for (Synchronization next = nextToDo(); next != null; next = nextToDo()) {
            next.beforeCompletion();
        }
    }

    private synchronized @Nullable Synchronization nextToDo() {
        Synchronization next = ordinaryToDo.poll();
        return next != null ? next : interposedToDo.poll();
    }

    /**
     * Tells all of them; the outcome stands, so what they throw is logged and changes nothing. {@code between} runs
     * after the interposed ones, which may still close resources, and before the others.
     */
    void afterCompletion(JtaStatus status, Runnable between) {
        taken(interposed).forEach(synchronization -> tell(synchronization, status));
        between.run();
        taken(ordinary).forEach(synchronization -> tell(synchronization, status));
    }

    private synchronized List<Synchronization> taken(List<Synchronization> registered) {
        List<Synchronization> told = List.copyOf(registered);
        registered.clear();
        return told;
    }

    private static void tell(Synchronization synchronization, JtaStatus status) {
        try {
            synchronization.afterCompletion(status.code());
        } catch (RuntimeException | Error e) {
            // Errors too: a callback that lacks a class must not keep others from being told, nor change the outcome.
            LOG.warn("a synchronization failed after its transaction had ended as {}", status, e);
        }
    }
}
