package dev.assent.admin.view;

import java.util.List;

/**
 * What a process remembers of a trace; other processes may have more of it.
 *
 * @param leftOut spans that it had no place for
 * @param spans by their start
 */
public record Trace(String id, int leftOut, List<TracedSpan> spans) {
    public Trace {
        spans = List.copyOf(spans);
    }
}
