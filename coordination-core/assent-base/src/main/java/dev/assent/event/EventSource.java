package dev.assent.event;

import dev.assent.trace.Tracing;
import java.util.Map;

/** Where events can be heard. Thread-safe. */
public interface EventSource {
    /** Of who has nothing to tell. */
    EventSource NONE = (name, capacity, listener) -> () -> {};

    /** Events that wait for a listener when it is slow; what comes then is missed. */
    int CAPACITY = 8_192;

    /** So many may listen at a time. */
    int LISTENERS_MAX = 64;

    /**
     * Tells {@code listener} of what happens from now on.
     *
     * @param name of the thread that it is told on
     * @param capacity how many events may wait for it, from 1 on
     * @throws IllegalStateException {@value #LISTENERS_MAX} listen already
     */
    Subscription subscribe(String name, int capacity, EventListener listener);

    /** Those of the resources that are reached from here, by their names. */
    default Map<String, Lane> lanes() {
        return Map.of();
    }

    /** That of the listener that makes spans, the one that came first if several do. */
    default Tracing tracing() {
        return Tracing.NONE;
    }
}
