package dev.assent.outbox.purge;

import java.time.Duration;

/**
 * What is forgotten when, and how much of it at a time.
 *
 * @param replayWindow the longest time after which a message can still come again: the topics' retention and the time of
 *     one segment, if offsets may be reset
 * @param isReplayBounded offsets are never reset further back than {@code replayWindow}, whatever the topics keep; if
 *     false, the inbox remembers for as long as consumers have found their topics to keep messages, where that is longer
 * @param inbox how long a seen message is remembered; longer than {@code replayWindow}
 * @param requests how long a request and its answer are remembered: callers must not retry later than that
 * @param every time between two runs
 * @param batchRows rows that one statement deletes, in a transaction of its own
 * @param batchesMax statements of one run for each table; the rest follows in the next run
 */
public record PurgeSettings(
        Duration replayWindow,
        boolean isReplayBounded,
        Duration inbox,
        Duration requests,
        Duration every,
        int batchRows,
        int batchesMax) {
    private static final int BATCH_ROWS_MAX = 100_000;

    /** What a broker's clean-up may take beyond the times of its topics. */
    static final Duration MARGIN = Duration.ofDays(1);

    public PurgeSettings {
        if (inbox.compareTo(replayWindow) <= 0) {
            throw new IllegalArgumentException(
                    "the inbox remembers for " + inbox + ", but messages can come again after " + replayWindow
                            + ": it must remember longer, or a message has its effect twice"
                            + " (purge.inbox, purge.replayWindow)");
        }
        if (requests.isNegative() || requests.isZero() || every.isNegative() || every.isZero()) {
            throw new IllegalArgumentException("the times of the purge must be positive");
        }
        if (batchRows < 1 || batchRows > BATCH_ROWS_MAX || batchesMax < 1) {
            throw new IllegalArgumentException("a batch has 1 to " + BATCH_ROWS_MAX + " rows, not " + batchRows
                    + ", and a run at least one batch, not " + batchesMax);
        }
    }

    /**
     * Kafka keeps records for 7 days by default, and until their segment is as old again: so messages come again for 14
     * days, and the inbox remembers for 30; requests for 7; every minute up to 50 batches of 5,000 rows of each table.
     */
    public static PurgeSettings standard() {
        return new PurgeSettings(
                Duration.ofDays(14), false, Duration.ofDays(30), Duration.ofDays(7), Duration.ofMinutes(1), 5_000, 50);
    }
}
