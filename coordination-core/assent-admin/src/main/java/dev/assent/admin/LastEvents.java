package dev.assent.admin;

import dev.assent.admin.view.Event;
import dev.assent.event.EventListener;
import dev.assent.event.Told;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The last events of each name: what happens all the time does not push out what happens seldom, as that a shard changes
 * hands. Thread-safe.
 */
final class LastEvents implements EventListener {
    static final int OF_A_NAME_MAX = 256;
    /** As there are classes of events; no name of a user's making is among them. */
    private final Map<String, Deque<Told>> byName = new LinkedHashMap<>();

    private long missed;

    @Override
    public synchronized void heard(Told told) {
        Deque<Told> last = byName.computeIfAbsent(told.event().name(), name -> new ArrayDeque<>());
        if (last.size() == OF_A_NAME_MAX) {
            last.removeFirst();
        }
        last.addLast(told);
    }

    @Override
    public synchronized void missed(long events) {
        missed += events;
    }

    synchronized long missed() {
        return missed;
    }

    /** Those later than that, the oldest first. */
    synchronized List<Event> after(long epochMillis) {
        List<Told> found = new ArrayList<>();
        for (Deque<Told> last : byName.values()) {
            last.stream().filter(told -> told.epochMillis() > epochMillis).forEach(found::add);
        }
        found.sort(Comparator.comparingLong(Told::epochMillis).thenComparingLong(Told::number));
        return found.stream()
                .map(told -> new Event(
                        told.number(),
                        Instant.ofEpochMilli(told.epochMillis()),
                        told.event().name(),
                        told.event()))
                .toList();
    }
}
