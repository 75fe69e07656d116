package dev.assent.coordination.sim;

import java.util.PriorityQueue;

/** Virtual time: one heap of events, ordered by time and then by the order in which they were planned. */
public final class Timeline {
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

    /** Where it stands. */
    public long nowMicros() {
        return nowMicros;
    }

    /** The same in milliseconds. */
    public long nowMillis() {
        return nowMicros / 1_000;
    }

    long eventsPlanned() {
        return sequence;
    }

    /** Plans what is to happen then. */
    public void after(long delayMicros, Runnable action) {
        events.add(new Event(nowMicros + Math.max(0, delayMicros), sequence++, action));
    }

    /** Runs the next event that is due before {@code endMicros}; false if there is none. */
    boolean runNext(long endMicros) {
        Event next = events.peek();
        if (next == null || next.atMicros > endMicros) {
            nowMicros = Math.max(nowMicros, endMicros);
            return false;
        }
        events.remove();
        nowMicros = next.atMicros;
        next.action.run();
        return true;
    }

    /** Runs all that is due within that time, in order, and nothing else. */
    public void runFor(long millis) {
        long endMicros = nowMicros + millis * 1_000;
        boolean ran = true;
        while (ran) {
            ran = runNext(endMicros);
        }
    }
}
