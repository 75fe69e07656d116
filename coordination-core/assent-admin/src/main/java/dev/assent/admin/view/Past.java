package dev.assent.admin.view;

import java.time.Instant;
import java.util.List;

/** The last minutes, as far as they are remembered. */
public record Past(Instant now, int keptOfAName, long missedEvents, List<Event> events, List<Moment> moments) {
    public Past {
        events = List.copyOf(events);
        moments = List.copyOf(moments);
    }
}
