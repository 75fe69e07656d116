package dev.assent.coordination.server.ordering;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Orders on their way from the event loops to the replica loop: one task at a time, which takes a portion. So an event
 * loop never waits, however long the replica loop takes no tasks; what waits here is bounded by what each connection
 * may have under way. Thread-safe.
 */
final class Intake {
    private static final int PORTION = 1_000;

    private final Queue<Submission> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean due = new AtomicBoolean();
    private final Executor loop;
    private final Consumer<List<Submission>> taker;

    /** @param taker called on the loop */
    Intake(Executor loop, Consumer<List<Submission>> taker) {
        this.loop = loop;
        this.taker = taker;
    }

    void add(List<Submission> submissions) {
        waiting.addAll(submissions);
        schedule();
    }

    private void schedule() {
        if (!waiting.isEmpty() && due.compareAndSet(false, true)) {
            loop.execute(this::take);
        }
    }

    /** Takes all that waits, on the loop, which may not get to its tasks for a while. */
    void takeAll() {
        List<Submission> all = drain();
        if (!all.isEmpty()) {
            taker.accept(all);
        }
    }

    /** All that waits, on the loop; it is not handed to the taker. */
    List<Submission> drain() {
        List<Submission> all = new ArrayList<>();
        for (Submission next = waiting.poll(); next != null; next = waiting.poll()) {
            all.add(next);
        }
        return all;
    }

    private void take() {
        due.set(false);
        List<Submission> portion = new ArrayList<>();
        for (Submission next = waiting.poll(); next != null; next = waiting.poll()) {
            portion.add(next);
            if (portion.size() == PORTION) {
                break;
            }
        }
        schedule();
        taker.accept(portion);
    }
}
