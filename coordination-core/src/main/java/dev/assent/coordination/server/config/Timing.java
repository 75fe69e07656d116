package dev.assent.coordination.server.config;

import java.time.Duration;

/**
 * The ensemble's clockwork, in ZooKeeper's terms.
 *
 * @param tickMillis the unit of all other times: heartbeats, session time-outs; at least 10
 * @param initLimitTicks how long a member may take to connect to a leader and catch up
 * @param syncLimitTicks how long leader and follower may go without hearing each other
 */
public record Timing(int tickMillis, int initLimitTicks, int syncLimitTicks) {
    /** ZooKeeper's sample configuration. */
    public static final Timing DEFAULT = new Timing(2_000, 10, 5);

    public Timing {
        requireWithin("tickTime", tickMillis, 10, 600_000);
        requireWithin("initLimit", initLimitTicks, 1, 10_000);
        requireWithin("syncLimit", syncLimitTicks, 1, 10_000);
    }

    public Duration initLimit() {
        return Duration.ofMillis((long) tickMillis * initLimitTicks);
    }

    public Duration syncLimit() {
        return Duration.ofMillis((long) tickMillis * syncLimitTicks);
    }

    private static void requireWithin(String key, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(key + "=" + value + " is outside " + min + ".." + max);
        }
    }
}
