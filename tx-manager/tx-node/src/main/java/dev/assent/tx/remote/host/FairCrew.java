package dev.assent.tx.remote.host;

import dev.assent.tx.bulkhead.ThrottledLog;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads for what may take long, shared by those who ask: each has some of them at once and so many questions waiting, and
 * those who wait take turns, so that whoever floods a node, or asks what hangs, costs its own questions only. What its asker
 * does not wait for any more is not begun. Thread-safe.
 */
final class FairCrew {
    private static final Logger LOG = LoggerFactory.getLogger(FairCrew.class);

    /**
     * How much at once.
     *
     * @param threads questions under way, of all
     * @param askersMax questions under way, of one asker
     * @param waitingMax questions of one asker that wait
     * @param allWaitingMax of all
     */
    record Limits(int threads, int askersMax, int waitingMax, int allWaitingMax) {}

    /** One question. */
    final class Turn {
        private final String asker;
        private final Runnable work;

        private Turn(String asker, Runnable work) {
            this.asker = asker;
            this.work = work;
        }

        /** Nobody waits for it any more: unless it is under way, it is not begun. */
        void leave() {
            boolean left;
            synchronized (FairCrew.this) {
                Set<Turn> queue = waiting.get(asker);
                left = queue != null && queue.remove(this);
                if (left) {
                    allWaiting--;
                    forgetIfIdle(asker);
                }
            }
            if (left) {
                dropped.say(more -> LOG.info(
                        "a question of {} was dropped before it was begun, as it does not wait for it any more{}",
                        asker,
                        more));
            }
        }
    }

    private final String what;
    private final Limits limits;
    private final Executor threads;
    private final ThrottledLog full = new ThrottledLog();
    private final ThrottledLog dropped = new ThrottledLog();
    private final ThrottledLog bugs = new ThrottledLog();
    private final Map<String, LinkedHashSet<Turn>> waiting = new HashMap<>();
    private final Map<String, Integer> underWay = new LinkedHashMap<>();
    /** Those who have a question that may be begun, each once, in their turns. */
    private final Queue<String> next = new ArrayDeque<>();

    private int allWaiting;
    private int atWork;

    /**
     * A crew that has nothing to do.
     *
     * @param what its questions are about: for people
     * @param threads runs at most as many at once as {@code limits} say
     */
    FairCrew(String what, Limits limits, Executor threads) {
        this.what = what;
        this.limits = limits;
        this.threads = threads;
    }

    /**
     * Has it run when it is {@code asker}'s turn.
     *
     * @throws RejectedExecutionException too many wait already; the message says of whom
     */
    Turn ask(String asker, Runnable work) {
        Turn turn = new Turn(asker, work);
        boolean begins;
        synchronized (this) {
            LinkedHashSet<Turn> queue = waiting.computeIfAbsent(asker, first -> new LinkedHashSet<>());
            if (queue.size() >= limits.waitingMax() || allWaiting >= limits.allWaitingMax()) {
                forgetIfIdle(asker);
                throw refusal(asker, queue.size());
            }
            queue.add(turn);
            allWaiting++;
            offer(asker);
            begins = atWork < limits.threads() && !next.isEmpty();
            if (begins) {
                atWork++;
            }
        }
        if (begins) {
            threads.execute(this::work);
        }
        return turn;
    }

    private RejectedExecutionException refusal(String asker, int own) {
        String why = own + " questions of " + asker + " about " + what + " wait here already";
        full.say(more -> LOG.warn(
                "{}, so more are refused: whom they need does not answer, or it asks too much. Those of others go on{}",
                why,
                more));
        return new RejectedExecutionException(why);
    }

    /** Until nothing is left that may be begun. */
    private void work() {
        Optional<Turn> turn = begun();
        while (turn.isPresent()) {
            try {
                turn.get().work.run();
            } catch (RuntimeException bug) {
                bugs.say(more -> LOG.error("a question about {} failed{}", what, more, bug));
            } finally {
                ended(turn.get().asker);
            }
            turn = begun();
        }
    }

    private synchronized Optional<Turn> begun() {
        String asker = next.poll();
        while (asker != null) {
            Set<Turn> queue = waiting.get(asker);
            if (queue != null && !queue.isEmpty()) {
                Turn turn = queue.iterator().next();
                queue.remove(turn);
                allWaiting--;
                underWay.merge(asker, 1, Integer::sum);
                offer(asker);
                return Optional.of(turn);
            }
            asker = next.poll(); // it has left meanwhile
        }
        atWork--;
        return Optional.empty();
    }

    private synchronized void ended(String asker) {
        underWay.computeIfPresent(asker, (same, count) -> count == 1 ? null : count - 1);
        offer(asker);
        forgetIfIdle(asker);
    }

    /** It has a turn again, if it waits for one and has not its share. */
    private void offer(String asker) {
        Set<Turn> queue = waiting.get(asker);
        if (queue != null
                && !queue.isEmpty()
                && underWay.getOrDefault(asker, 0) < limits.askersMax()
                && !next.contains(asker)) {
            next.add(asker);
        }
    }

    private void forgetIfIdle(String asker) {
        Set<Turn> queue = waiting.get(asker);
        if (queue != null && queue.isEmpty()) {
            waiting.remove(asker);
        }
    }

    /** Questions that wait, of all: for tests. */
    synchronized int waiting() {
        return allWaiting;
    }
}
