package dev.assent.admin.view;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A span that has ended.
 *
 * @param parent the span that it stands below, in this process or in another; empty for the first of its trace
 * @param process who made it
 * @param kind INTERNAL, SERVER, CLIENT, PRODUCER or CONSUMER
 * @param startNanos of the start, what {@code start} leaves out: nanoseconds within its millisecond
 * @param failure empty if nothing failed
 */
public record TracedSpan(
        String id,
        Optional<String> parent,
        String process,
        String name,
        String kind,
        Instant start,
        int startNanos,
        long nanos,
        Optional<String> failure,
        List<SpanAttribute> attributes) {
    public TracedSpan {
        attributes = List.copyOf(attributes);
    }
}
