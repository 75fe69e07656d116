package dev.assent.outbox.policy;

import java.time.Duration;

/**
 * How knowledge about topics is kept fresh.
 *
 * @param refresh a topic in use is asked for again after this time
 * @param again a closed topic, or one that nothing was heard of, is asked for again after this time
 * @param unknownMax a topic that nothing was heard of for this long counts as closed, so that its records get out of the way
 * @param blamedFirst how long a topic stays closed after records sent to it were not answered; doubles each time
 * @param blamedLongest the longest such time
 * @param topicsMax most topics that are known at a time; those not in use are forgotten first
 */
public record TopicLimits(
        Duration refresh,
        Duration again,
        Duration unknownMax,
        Duration blamedFirst,
        Duration blamedLongest,
        int topicsMax) {
    public TopicLimits {
        if (refresh.isNegative()
                || again.isNegative()
                || unknownMax.isNegative()
                || blamedFirst.isNegative()
                || topicsMax < 1) {
            throw new IllegalArgumentException("times are positive, and at least one topic is known");
        }
    }

    /** Every 2 s, every 1 s, 500 ms, 1 s to 1 min, 10,000 topics. */
    public static TopicLimits standard() {
        return new TopicLimits(
                Duration.ofSeconds(2),
                Duration.ofSeconds(1),
                Duration.ofMillis(500),
                Duration.ofSeconds(1),
                Duration.ofMinutes(1),
                10_000);
    }
}
