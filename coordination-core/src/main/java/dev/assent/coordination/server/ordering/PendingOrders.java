package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.server.ordering.ServerMessage.ForwardedOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * This server's clients' orders that are not yet answered, in the order in which they came: those that the leader was
 * asked, and behind them those that it was not asked yet. The leader is asked no more at once than {@link PendingOrderLimits}
 * say, so what it has not proposed yet is bounded by its members; what it was not asked yet can be dropped without a
 * trace. Clients that open a session are asked for at once: they shall find one whatever the others wait for.
 *
 * <p>Of what a client sent, no order is asked once an earlier one was dropped, wherever it is on its way then. Only the
 * end of its session is: that could come at any time, whatever was done before it. It is never dropped, for its client
 * need not wait for it; but of several for one session, from connections that are gone, only the last one is kept.
 *
 * <p>Request numbers start at a random point, so that a transaction which answers a request of this server's previous
 * life is not taken for an answer to one of this.
 */
final class PendingOrders {
    private final PendingOrderLimits limits;
    private final Map<Long, Submission> forwarded = new LinkedHashMap<>();
    private final Queue<Submission> waiting = new ArrayDeque<>();
    /** Of connections that have no session yet, and so at most one of each. */
    private final Queue<Submission> openings = new ArrayDeque<>();

    /** Clients of whom an order was dropped, as long as anything refers to them. */
    private final Set<Client> cut = Collections.newSetFromMap(new WeakHashMap<>());

    private long forwardedBytes;
    private long waitingBytes;
    private long last;
    private boolean crowded;

    PendingOrders(long randomStart, PendingOrderLimits limits) {
        this.last = randomStart;
        this.limits = limits;
    }

    void enter(Submission submission) {
        boolean ends = submission.order() instanceof Order.CloseSession;
        if (!cut.isEmpty() && cut.contains(submission.client()) && !ends) {
            return;
        }
        if (submission.order() instanceof Order.Open || submission.order() instanceof Order.Reopen) {
            openings.add(submission);
        } else {
            waiting.add(submission);
            waitingBytes += submission.bytes();
        }
    }

    /** What the leader is to be asked now; it counts as asked from here on. */
    List<ForwardedOrder> forward() {
        List<ForwardedOrder> orders =
                new ArrayList<>(Math.min(openings.size() + waiting.size(), limits.forwardedMax()));
        while (!openings.isEmpty()) {
            orders.add(forward(openings.remove()));
        }
        while (!waiting.isEmpty()
                && forwarded.size() < limits.forwardedMax()
                && forwardedBytes < limits.forwardedBytesMax()) {
            Submission next = waiting.remove();
            waitingBytes -= next.bytes();
            orders.add(forward(next));
        }
        return orders;
    }

    /** Of these, the old sessions that new connections ask for: nothing has to be proposed or written for them. */
    List<ForwardedOrder> forwardReopenings() {
        List<ForwardedOrder> orders = new ArrayList<>();
        for (Iterator<Submission> each = openings.iterator(); each.hasNext(); ) {
            Submission next = each.next();
            if (next.order() instanceof Order.Reopen) {
                each.remove();
                orders.add(forward(next));
            }
        }
        return orders;
    }

    private ForwardedOrder forward(Submission submission) {
        long request = ++last;
        forwarded.put(request, submission);
        forwardedBytes += submission.bytes();
        return new ForwardedOrder(request, submission.order());
    }

    /** What the next leader has to be asked anew. */
    List<ForwardedOrder> forwardAnew() {
        List<ForwardedOrder> orders = new ArrayList<>(forwarded.size());
        forwarded.forEach((request, submission) -> orders.add(new ForwardedOrder(request, submission.order())));
        return orders;
    }

    /** A number for a question of the server's own. */
    long next() {
        return ++last;
    }

    /** Takes an order out that the leader was asked, if it is there. */
    Optional<Submission> settle(long request) {
        Submission settled = forwarded.remove(request);
        if (settled != null) {
            forwardedBytes -= settled.bytes();
        }
        return Optional.ofNullable(settled);
    }

    /** Nobody is asked any more what was not asked yet for a connection that is gone. */
    void dropDisconnected() {
        drop(openings);
        drop(waiting);
        waitingBytes = waiting.stream().mapToLong(Submission::bytes).sum();
    }

    /** As if none was asked: for when whatever was asked is in the history, or never will be. */
    void dropAllDisconnected() {
        // The earlier orders first: their client may go at any moment.
        drop(forwarded.values());
        forwardedBytes =
                forwarded.values().stream().mapToLong(Submission::bytes).sum();
        dropDisconnected();
    }

    private void drop(Collection<Submission> orders) {
        Map<SessionId, Submission> lastEnds = new HashMap<>();
        for (Submission one : orders) {
            if (one.order() instanceof Order.CloseSession end) {
                lastEnds.put(end.sender().session(), one);
            }
        }
        orders.removeIf(one -> {
            boolean dropped = !one.client().isConnected() && !isLastEnd(one, lastEnds);
            if (dropped) {
                cut.add(one.client());
            }
            return dropped;
        });
    }

    private static boolean isLastEnd(Submission one, Map<SessionId, Submission> lastEnds) {
        return one.order() instanceof Order.CloseSession end
                && one.equals(lastEnds.get(end.sender().session()));
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
        return forwarded.size() + openings.size() + waiting.size();
    }

    long bytes() {
        return forwardedBytes + waitingBytes;
    }

    /** Drops everything. */
    void clear() {
        forwarded.values().forEach(one -> cut.add(one.client()));
        openings.forEach(one -> cut.add(one.client()));
        waiting.forEach(one -> cut.add(one.client()));
        forwarded.clear();
        openings.clear();
        waiting.clear();
        forwardedBytes = 0;
        waitingBytes = 0;
    }
}
