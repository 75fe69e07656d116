package dev.assent.rm.jta;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Joined transactions between two calls of the same originator: the second call goes on in the first one's branches
 * and sees its work. Calls that run at the same time get branches of their own, because a connection serves one
 * thread. Entries leave when the outcome is known.
 */
final class JoinedTransactions {
    private final Map<String, Deque<JtaTransaction>> idle = new ConcurrentHashMap<>();

    Optional<JtaTransaction> take(String id) {
        Deque<JtaTransaction> waiting = idle.get(id);
        if (waiting == null) {
            return Optional.empty();
        }
        synchronized (waiting) {
            return Optional.ofNullable(waiting.pollFirst());
        }
    }

    void keep(JtaTransaction transaction) {
        Deque<JtaTransaction> waiting = idle.computeIfAbsent(transaction.id(), id -> new ArrayDeque<>());
        synchronized (waiting) {
            waiting.addFirst(transaction);
        }
        if (!transaction.status().isOpen()) {
            forget(transaction.id());
        }
    }

    void forget(String id) {
        idle.remove(id);
    }
}
