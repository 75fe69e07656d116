package dev.assent.trace;

import java.util.Map;

/**
 * What came to this process from another.
 *
 * @param name of its span, by OpenTelemetry's conventions: {@code POST}, {@code process orders}
 * @param traceparent the sender's; empty or malformed: the work is the first of its trace
 * @param attributes by the same conventions
 */
public record Arrival(Kind kind, String name, String traceparent, Map<String, String> attributes) {
    public Arrival {
        attributes = Map.copyOf(attributes);
    }

    /** Who waits for it. */
    public enum Kind {
        /** The caller. */
        REQUEST,
        /** Nobody. */
        MESSAGE
    }
}
