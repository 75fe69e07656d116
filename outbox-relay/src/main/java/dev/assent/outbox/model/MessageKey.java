package dev.assent.outbox.model;

/**
 * The unit of order, usually the id of an aggregate: messages of one key reach the broker in the order in which their
 * transactions committed. Across keys there is no order.
 *
 * @param value 1 to {@value #LENGTH_MAX} characters
 */
public record MessageKey(String value) implements Comparable<MessageKey> {
    /** Longest key, in characters; it is indexed by the database and hashed on every append. */
    public static final int LENGTH_MAX = 512;

    public MessageKey {
        Names.check("message key", value, LENGTH_MAX);
    }

    @Override
    public int compareTo(MessageKey other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
