package dev.assent.flight;

import dev.assent.time.Clock;
import java.util.Map;

/**
 * The process that records.
 *
 * @param id unlike that of another process of the same directory; those of later processes sort behind it
 * @param name what people call it
 */
record FlightProcess(String id, String name, long startedEpochMillis, long pid) {

    static FlightProcess current(String name, Clock clock) {
        long now = clock.epochMillis();
        long pid = ProcessHandle.current().pid();
        return new FlightProcess(String.format("%013d-%d", now, pid), name, now, pid);
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
