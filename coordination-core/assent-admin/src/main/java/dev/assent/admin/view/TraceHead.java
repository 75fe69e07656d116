package dev.assent.admin.view;

import java.time.Instant;

/**
 * A trace of which a process remembers something.
 *
 * @param name of the first span here
 * @param nanos from its start to the last end
 * @param failures spans that failed
 */
public record TraceHead(String id, String name, Instant start, long nanos, int spans, int failures) {}
