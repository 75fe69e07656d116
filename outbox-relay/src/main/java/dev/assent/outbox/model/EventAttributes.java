package dev.assent.outbox.model;

import java.util.Optional;
import java.util.UUID;

/**
 * The CloudEvents 1.0 context attributes of a message, and the W3C trace it belongs to.
 *
 * @param id unique per source; consumers deduplicate by it
 * @param source who speaks, a URI reference such as {@code /shop/orders}
 * @param type what happened, such as {@code dev.assent.shop.OrderPaid}
 * @param subject what it happened to, within the source
 * @param contentType media type of the body
 * @param traceparent W3C trace context header, passed through unchanged
 */
public record EventAttributes(
        UUID id,
        String source,
        String type,
        Optional<String> subject,
        String contentType,
        Optional<String> traceparent) {
    /** Longest attribute, in characters. */
    public static final int LENGTH_MAX = 1024;

    public EventAttributes {
        Names.check("source", source, LENGTH_MAX);
        Names.check("type", type, LENGTH_MAX);
        Names.check("content type", contentType, LENGTH_MAX);
        subject.ifPresent(text -> Names.check("subject", text, LENGTH_MAX));
        traceparent.ifPresent(text -> Names.check("traceparent", text, LENGTH_MAX));
    }

    /** JSON without a subject and without a trace. */
    public static EventAttributes json(UUID id, String source, String type) {
        return new EventAttributes(id, source, type, Optional.empty(), "application/json", Optional.empty());
    }

    public EventAttributes withSubject(String text) {
        return new EventAttributes(id, source, type, Optional.of(text), contentType, traceparent);
    }

    public EventAttributes withTraceparent(String text) {
        return new EventAttributes(id, source, type, subject, contentType, Optional.of(text));
    }
}
