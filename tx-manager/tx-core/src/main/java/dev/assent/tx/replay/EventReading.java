package dev.assent.tx.replay;

import dev.assent.event.BranchEvent;
import dev.assent.event.Event;
import dev.assent.event.RecoveryEvent;
import dev.assent.event.StepEvent;
import dev.assent.event.TransactionEvent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Makes events again of what was recorded of them. */
final class EventReading {
    private static final Map<String, Class<? extends Event>> KNOWN = known();

    private EventReading() {}

    private static Map<String, Class<? extends Event>> known() {
        Map<String, Class<? extends Event>> known = new TreeMap<>();
        for (Class<?> family : List.of(TransactionEvent.class, BranchEvent.class)) {
            for (Class<?> type : RecordReading.records(family)) {
                put(known, type.asSubclass(Event.class));
            }
        }
        put(known, RecoveryEvent.BranchEnded.class);
        put(known, StepEvent.Started.class);
        return known;
    }

    private static void put(Map<String, Class<? extends Event>> known, Class<? extends Event> type) {
        known.put(Event.name(type), type);
    }

    /**
     * The event; empty if it is none that a replay needs.
     *
     * @throws IllegalArgumentException it is not written as such an event is
     */
    static Optional<Event> read(Map<String, Object> fields) {
        Class<? extends Event> type = KNOWN.get(String.valueOf(fields.get("event")));
        return type == null ? Optional.empty() : Optional.of(type.cast(RecordReading.make(type, fields)));
    }
}
