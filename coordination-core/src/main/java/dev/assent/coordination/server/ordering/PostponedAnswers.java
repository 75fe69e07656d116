package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.Zxid;
import java.util.ArrayDeque;
import java.util.Queue;

/** Answers of the leader's that hold from a later position on than was applied when they came. Not thread-safe. */
final class PostponedAnswers {
    private final Queue<Postponed> waiting = new ArrayDeque<>();

    private record Postponed(Zxid position, Runnable answer) {}

    void add(Zxid position, Runnable answer) {
        waiting.add(new Postponed(position, answer));
    }

    /** Gives those that hold by now, in the order in which they came. */
    void give(Zxid applied) {
        Postponed next = waiting.peek();
        while (next != null && !next.position().isAfter(applied)) {
            waiting.remove();
            next.answer().run();
            next = waiting.peek();
        }
    }

    /** Whoever gave them leads no more. */
    void clear() {
        waiting.clear();
    }
}
