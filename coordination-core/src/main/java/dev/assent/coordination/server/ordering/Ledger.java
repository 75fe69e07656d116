package dev.assent.coordination.server.ordering;

import dev.assent.coordination.server.ordering.ServerMessage.Ask;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/**
 * This server's clients' orders that are not yet answered, in the order in which they came: those that the leader was
 * asked, and behind them those that it was not asked yet. The leader is asked no more at once than {@link LedgerLimits}
 * say, so what it has not proposed yet is bounded by its members; what it was not asked yet can be dropped without a
 * trace. Clients that open a session are asked for at once: they shall find one whatever the others wait for.
 *
 * <p>Request numbers start at a random point, so that a transaction which answers a request of this server's previous
 * life is not taken for an answer to one of this.
 */
final class Ledger {
    private final LedgerLimits limits;
    private final Map<Long, Submission> asked = new LinkedHashMap<>();
    private final Queue<Submission> waiting = new ArrayDeque<>();
    /** Of connections that have no session yet, and so at most one of each. */
    private final Queue<Submission> openings = new ArrayDeque<>();

    private long askedBytes;
    private long waitingBytes;
    private long last;
    private boolean crowded;

    Ledger(long randomStart, LedgerLimits limits) {
        this.last = randomStart;
        this.limits = limits;
    }

    void enter(Submission submission) {
        if (submission.order() instanceof Order.Open || submission.order() instanceof Order.Reopen) {
            openings.add(submission);
        } else {
            waiting.add(submission);
            waitingBytes += submission.bytes();
        }
    }

    /** What the leader is to be asked now; it counts as asked from here on. */
    List<Ask> ask() {
        List<Ask> asks = new ArrayList<>(Math.min(openings.size() + waiting.size(), limits.askedMax()));
        while (!openings.isEmpty()) {
            asks.add(ask(openings.remove()));
        }
        while (!waiting.isEmpty() && asked.size() < limits.askedMax() && askedBytes < limits.askedBytesMax()) {
            Submission next = waiting.remove();
            waitingBytes -= next.bytes();
            asks.add(ask(next));
        }
        return asks;
    }

    private Ask ask(Submission submission) {
        long request = ++last;
        asked.put(request, submission);
        askedBytes += submission.bytes();
        return new Ask(request, submission.order());
    }

    /** What the next leader has to be asked anew. */
    List<Ask> askAnew() {
        List<Ask> asks = new ArrayList<>(asked.size());
        asked.forEach((request, submission) -> asks.add(new Ask(request, submission.order())));
        return asks;
    }

    /** A number for a question of the server's own. */
    long next() {
        return ++last;
    }

    /** Takes an order out that the leader was asked, if it is there. */
    Optional<Submission> settle(long request) {
        Submission settled = asked.remove(request);
        if (settled != null) {
            askedBytes -= settled.bytes();
        }
        return Optional.ofNullable(settled);
    }

    /** Nobody is asked any more what was not asked yet for a connection that is gone. */
    void dropDisconnected() {
        openings.removeIf(submission -> !submission.client().isConnected());
        waiting.removeIf(submission -> !submission.client().isConnected());
        waitingBytes = waiting.stream().mapToLong(Submission::bytes).sum();
    }

    /** As if none was asked: for when whatever was asked is in the history, or never will be. */
    void dropAllDisconnected() {
        dropDisconnected();
        asked.values().removeIf(submission -> !submission.client().isConnected());
        askedBytes = asked.values().stream().mapToLong(Submission::bytes).sum();
    }

    boolean isAnyWaiting() {
        return !waiting.isEmpty() || !openings.isEmpty();
    }

    /** Whether there is too much, until there is only half of that. */
    boolean isCrowded() {
        int divisor = crowded ? 2 : 1;
        crowded = size() >= limits.heldMax() / divisor || bytes() >= limits.heldBytesMax() / divisor;
        return crowded;
    }

    int size() {
        return asked.size() + openings.size() + waiting.size();
    }

    long bytes() {
        return askedBytes + waitingBytes;
    }

    void clear() {
        asked.clear();
        openings.clear();
        waiting.clear();
        askedBytes = 0;
        waitingBytes = 0;
    }
}
