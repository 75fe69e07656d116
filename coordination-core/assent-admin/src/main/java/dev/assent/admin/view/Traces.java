package dev.assent.admin.view;

import java.util.List;

/**
 * The traces that a process remembers, the latest first.
 *
 * @param kept so many it remembers at most; 0 if it keeps none
 */
public record Traces(int kept, List<TraceHead> traces) {
    public Traces {
        traces = List.copyOf(traces);
    }
}
