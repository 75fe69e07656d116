package dev.assent.outbox.policy;

/**
 * Back-pressure: how much of a shard is in memory and in flight at once.
 *
 * @param records most records of a batch
 * @param bytes most bytes of a batch; one larger record still travels, alone
 */
public record BatchLimits(int records, long bytes) {
    /** Most records that a batch may be configured to hold. */
    public static final int RECORDS_MAX = 10_000;

    public BatchLimits {
        if (records < 1 || records > RECORDS_MAX) {
            throw new IllegalArgumentException("batch.records is " + records + "; it must be 1 to " + RECORDS_MAX);
        }
        if (bytes < 1) {
            throw new IllegalArgumentException("batch.size is " + bytes + "; it must be positive");
        }
    }
}
