package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.server.ordering.ServerMessage.Ask;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * What a leader was asked while it may propose no more, in the order in which it came. Bounded by what each server asks
 * at once ({@link LedgerLimits#askedMax}): a server that lost its leader asks anew only once the older asks of its are
 * dealt with, since its question whether they are stands behind them. Not thread-safe.
 */
final class AskQueue {
    private final Queue<Asked> queued = new ArrayDeque<>();
    private final Predicate<Ask> room;
    private final BiConsumer<ServerId, Ask> taker;

    private record Asked(ServerId from, Ask ask) {}

    /**
     * @param room whether this one may be taken up, when it is its turn
     * @param taker takes one
     */
    AskQueue(Predicate<Ask> room, BiConsumer<ServerId, Ask> taker) {
        this.room = room;
        this.taker = taker;
    }

    void add(ServerId from, Ask ask) {
        if (queued.isEmpty() && room.test(ask)) {
            taker.accept(from, ask);
        } else {
            queued.add(new Asked(from, ask));
        }
    }

    /** Hands on what there is room for, at most {@code max}. */
    void goOn(int max) {
        Asked next = queued.peek();
        for (int taken = 0; taken < max && next != null && room.test(next.ask()); taken++) {
            queued.remove();
            taker.accept(next.from(), next.ask());
            next = queued.peek();
        }
    }

    int size() {
        return queued.size();
    }
}
