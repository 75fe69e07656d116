package dev.assent.coordination.server.ordering;

import java.util.PriorityQueue;

/** Virtual time in microseconds: what is planned happens in order, and nothing else does. */
final class SimTime {
    private record Event(long atMicros, long sequence, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atMicros, other.atMicros);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long nowMicros;
    private long sequence;

    long nowMicros() {
        return nowMicros;
    }

    long nowMillis() {
        return nowMicros / 1_000;
    }

    void after(long delayMicros, Runnable action) {
        events.add(new Event(nowMicros + Math.max(0, delayMicros), sequence++, action));
    }

    void runFor(long millis) {
        long end = nowMicros + millis * 1_000;
        for (Event next = events.peek(); next != null && next.atMicros <= end; next = events.peek()) {
            events.remove();
            nowMicros = next.atMicros;
            next.action.run();
        }
        nowMicros = end;
    }
}
