package dev.assent.saga.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/** Virtual time, and what happens in it, in an order that the seed alone decides. */
final class SimWorld {
    private record Event(long at, long sequence, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    final SplittableRandom random;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final List<String> story = new ArrayList<>();
    private long now;
    private long sequence;

    SimWorld(long seed) {
        random = new SplittableRandom(seed);
    }

    long now() {
        return now;
    }

    void at(long time, Runnable action) {
        events.add(new Event(Math.max(now, time), sequence++, action));
    }

    void after(long millis, Runnable action) {
        at(now + millis, action);
    }

    /** Until nothing is left to happen, or that time has come. */
    void runUntil(long end) {
        while (!events.isEmpty() && events.element().at() <= end) {
            Event next = events.remove();
            now = next.at();
            next.action().run();
        }
        now = end;
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    long between(long low, long high) {
        return random.nextLong(low, high + 1);
    }

    /** For whoever has to find out what happened. */
    void tell(String what) {
        story.add(now + " " + what);
    }

    String story() {
        return String.join("\n", story);
    }
}
