package dev.assent.coordination.server.ordering;

import dev.assent.coordination.server.ordering.ServerMessage.Mark;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The marks that a leader's answers carried, and when they came: a report repeats the last one that was here before
 * the report was taken, and so proves that it was taken after that. Not thread-safe.
 */
final class LeaderMarks {
    private static final int KEPT_MAX = 64;

    private final Deque<Received> received = new ArrayDeque<>();

    private record Received(Mark mark, long atMillis) {}

    void add(Mark mark, long nowMillis) {
        received.addLast(new Received(mark, nowMillis));
        if (received.size() > KEPT_MAX) {
            received.removeFirst();
        }
    }

    /** The last mark that came before {@code throughMillis}; later questions are for later moments. */
    Mark before(long throughMillis) {
        Mark last = Mark.NONE;
        for (Received one : received) {
            if (one.atMillis() < throughMillis) {
                last = one.mark();
            }
        }
        while (received.size() > 1
                && received.getFirst().atMillis() < throughMillis
                && !received.getFirst().mark().equals(last)) {
            received.removeFirst();
        }
        return last;
    }

    boolean isEmpty() {
        return received.isEmpty();
    }

    /** Another leader: the old one's marks mean nothing to it. */
    void clear() {
        received.clear();
    }
}
