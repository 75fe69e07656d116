package dev.assent.flight;

import dev.assent.time.Clock;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The process that records. Its pid and its start tell it from others only on one machine and outside of containers, where
 * each has the same pid; and a process may have two recorders.
 *
 * @param id unlike that of another process of the same directory; those of later processes sort behind it
 * @param name what people call it
 */
record FlightProcess(String id, String name, long startedEpochMillis, long pid) {

    private static final int DRAWN_END = 1_000_000_000;

    static FlightProcess current(String name, Clock clock) {
        long now = clock.epochMillis();
        long pid = ProcessHandle.current().pid();
        int drawn = ThreadLocalRandom.current().nextInt(DRAWN_END);
        return new FlightProcess(String.format("%013d-%d-%09d", now, pid, drawn), name, now, pid);
    }

    /** The first line of what it recorded. */
    String line(long missed, long dropped) {
        return FlightText.of(Map.of(
                "process",
                id,
                "name",
                name,
                "startedAt",
                startedEpochMillis,
                "pid",
                pid,
                "missed",
                missed,
                "dropped",
                dropped));
    }
}
