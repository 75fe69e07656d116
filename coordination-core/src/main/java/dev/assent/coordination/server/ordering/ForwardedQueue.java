package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.server.ordering.ServerMessage.ForwardedOrder;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * What was forwarded to a leader while it may propose no more, in the order in which it came. Bounded by what each server
 * forwards at once ({@link PendingOrderLimits#forwardedMax}): a server that lost its leader forwards anew only once the older
 * orders of its are dealt with, since its question whether they are stands behind them. Not thread-safe.
 */
final class ForwardedQueue {
    private final Queue<Forwarded> queued = new ArrayDeque<>();
    private final Predicate<ForwardedOrder> room;
    private final BiConsumer<ServerId, ForwardedOrder> taker;

    private record Forwarded(ServerId from, ForwardedOrder forwarded) {}

    /**
     * @param room whether this one may be taken up, when it is its turn
     * @param taker takes one
     */
    ForwardedQueue(Predicate<ForwardedOrder> room, BiConsumer<ServerId, ForwardedOrder> taker) {
        this.room = room;
        this.taker = taker;
    }

    void add(ServerId from, ForwardedOrder forwarded) {
        if (queued.isEmpty() && room.test(forwarded)) {
            taker.accept(from, forwarded);
        } else {
            queued.add(new Forwarded(from, forwarded));
        }
    }

    /** Hands on what there is room for, at most {@code max}. */
    void goOn(int max) {
        Forwarded next = queued.peek();
        for (int taken = 0; taken < max && next != null && room.test(next.forwarded()); taken++) {
            queued.remove();
            taker.accept(next.from(), next.forwarded());
            next = queued.peek();
        }
    }

    int size() {
        return queued.size();
    }
}
