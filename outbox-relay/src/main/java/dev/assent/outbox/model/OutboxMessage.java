package dev.assent.outbox.model;

import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an application appends to the outbox inside its business transaction.
 *
 * @param topic destination topic
 * @param key unit of order, and the Kafka record's key
 * @param attributes CloudEvents attributes
 * @param headers further headers, sent as they are; at most {@value #HEADERS_MAX}
 * @param body at most {@value #BODY_BYTES_MAX} bytes
 */
public record OutboxMessage(
        String topic, MessageKey key, EventAttributes attributes, Map<String, String> headers, Body body) {
    /** Longest topic name that Kafka takes. */
    public static final int TOPIC_LENGTH_MAX = 249;
    /** Most headers of the application's own. */
    public static final int HEADERS_MAX = 64;
    /** Longest header name or value, in characters. */
    public static final int HEADER_LENGTH_MAX = 4096;
    /** Largest body; a broker takes 1 MiB by default, one with a larger limit must be told so. */
    public static final int BODY_BYTES_MAX = 16 * 1024 * 1024;

    /** The header that carries transactions over HTTP; copied from a request it would go to every consumer. */
    private static final String TRANSACTION = "assent-transaction";

    public OutboxMessage {
        Names.check("topic", topic, TOPIC_LENGTH_MAX);
        if (headers.size() > HEADERS_MAX) {
            throw new IllegalArgumentException(headers.size() + " headers; at most " + HEADERS_MAX + " are taken");
        }
        headers.forEach(OutboxMessage::checkHeader);
        headers = Collections.unmodifiableMap(new TreeMap<>(headers));
        if (body.size() > BODY_BYTES_MAX) {
            throw new IllegalArgumentException("the body has " + body.size() + " bytes; at most " + BODY_BYTES_MAX
                    + " are taken: store the document elsewhere and send a reference");
        }
    }

    /** A message without headers of its own. */
    public static OutboxMessage of(String topic, String key, EventAttributes attributes, Body body) {
        return new OutboxMessage(topic, new MessageKey(key), attributes, Map.of(), body);
    }

    public OutboxMessage withHeader(String name, String value) {
        Map<String, String> more = new TreeMap<>(headers);
        more.put(name, value);
        return new OutboxMessage(topic, key, attributes, more, body);
    }

    private static void checkHeader(String name, String value) {
        Names.check("header name", name, HEADER_LENGTH_MAX);
        String lower = name.toLowerCase(Locale.ROOT);
        boolean reserved = lower.startsWith("ce_") || lower.equals("content-type") || lower.equals("traceparent");
        if (reserved) {
            throw new IllegalArgumentException(
                    "header " + name + " is reserved for the event's attributes: set the attribute instead");
        }
        if (lower.equals(TRANSACTION)) {
            throw new IllegalArgumentException(
                    "header " + name + " carries a transaction's token, which lets its holder"
                            + " join the transaction, and would be kept by the table and the topic: a consumer joins nothing, so"
                            + " leave it out");
        }
        if (value.length() > HEADER_LENGTH_MAX || value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("the value of header " + name + " is longer than " + HEADER_LENGTH_MAX
                    + " characters or holds a NUL character");
        }
    }
}
