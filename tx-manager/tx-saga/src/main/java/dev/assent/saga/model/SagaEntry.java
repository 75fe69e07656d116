package dev.assent.saga.model;

import java.util.List;

/**
 * One write to a saga's step log: all of its events, or none.
 *
 * @param number from 0; the log has no gaps
 * @param epoch of the executor that wrote it
 * @param atMillis epoch time by that executor's clock, for people
 */
public record SagaEntry(int number, int epoch, long atMillis, List<SagaEvent> events) {
    /** More than any saga of {@link SagaPlan#STEPS_MAX} steps can write. */
    public static final int ENTRIES_MAX = 4 * SagaPlan.STEPS_MAX + 4;

    public SagaEntry {
        events = List.copyOf(events);
        if (events.isEmpty() || number < 0 || number >= ENTRIES_MAX) {
            throw new IllegalArgumentException(
                    "entry " + number + " of 0 to " + ENTRIES_MAX + " with " + events.size() + " events");
        }
    }

    /** Whether the saga ends with it. */
    public boolean isLast() {
        return events.get(events.size() - 1) instanceof SagaEvent.Ended;
    }
}
