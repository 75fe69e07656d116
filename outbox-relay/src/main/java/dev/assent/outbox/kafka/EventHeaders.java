package dev.assent.outbox.kafka;

/**
 * Header names on the wire: CloudEvents 1.0 Kafka protocol binding, binary content mode; W3C trace context; and our own
 * for dead letters.
 */
public final class EventHeaders {
    public static final String SPECVERSION = "ce_specversion";
    public static final String ID = "ce_id";
    public static final String SOURCE = "ce_source";
    public static final String TYPE = "ce_type";
    public static final String TIME = "ce_time";
    public static final String SUBJECT = "ce_subject";
    /** CloudEvents sequence extension: the record's number in the outbox, 20 digits, so that text order is order. */
    public static final String SEQUENCE = "ce_sequence";

    public static final String CONTENT_TYPE = "content-type";
    public static final String TRACEPARENT = "traceparent";
    /** Why a dead letter is one. */
    public static final String DEAD_LETTER_REASON = "assent_deadletter_reason";
    /** Where it was bound for, or came from. */
    public static final String DEAD_LETTER_TOPIC = "assent_deadletter_topic";
    /** How often it was tried. */
    public static final String DEAD_LETTER_FAILURES = "assent_deadletter_failures";

    private EventHeaders() {}
}
