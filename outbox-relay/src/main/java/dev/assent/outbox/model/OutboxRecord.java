package dev.assent.outbox.model;

import java.time.Instant;

/**
 * A committed message, as the relay reads it.
 *
 * @param seq order within its key; unique in the outbox, with gaps where transactions rolled back
 * @param createdAt the database's time of the append; never used for order
 * @param failedAttempts how often the broker has refused it; above 0 its key is parked
 * @param shelved it waited behind its parked key, out of the way of the others
 */
public record OutboxRecord(long seq, Instant createdAt, int failedAttempts, boolean shelved, OutboxMessage message) {
    /** What a record costs beyond its body: a rough figure for attributes and headers, in bytes. */
    static final int OVERHEAD_BYTES = 512;

    public OutboxRecord {
        if (seq < 1 || failedAttempts < 0) {
            throw new IllegalArgumentException("record " + seq + " with " + failedAttempts + " failed attempts");
        }
    }

    public MessageKey key() {
        return message.key();
    }

    /** Bytes this record takes of a batch's budget. */
    public long weightBytes() {
        return (long) message.body().size() + OVERHEAD_BYTES;
    }
}
