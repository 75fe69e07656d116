package dev.assent.tx.remote.host;

import java.time.Duration;

/**
 * How much a node takes on.
 *
 * @param transactionsMax transactions under way at once
 * @param transactionTimeoutMax the longest time-out a caller may ask for
 * @param replyTimeout how long an agent may take for one command before it counts as lost
 * @param resourceManagersMax names that one agent may bring
 */
public record HostLimits(
        int transactionsMax, Duration transactionTimeoutMax, Duration replyTimeout, int resourceManagersMax) {
    public static final HostLimits DEFAULT = new HostLimits(100_000, Duration.ofHours(1), Duration.ofSeconds(20), 64);

    public HostLimits {
        if (transactionsMax < 1 || resourceManagersMax < 1) {
            throw new IllegalArgumentException("a node's limits are at least 1");
        }
        if (transactionTimeoutMax.isNegative() || replyTimeout.isNegative() || replyTimeout.isZero()) {
            throw new IllegalArgumentException("a node's times are positive");
        }
    }
}
