package dev.assent.rm.jdbc;

import java.time.Duration;

/**
 * The bounds of a pool.
 *
 * @param connectionsMax open at once; each open transaction holds one, until its outcome is known
 * @param acquisitionTimeout how long a request waits for a free connection before it fails
 * @param idleTimeout how long an unused connection stays open
 */
public record PoolLimits(int connectionsMax, Duration acquisitionTimeout, Duration idleTimeout) {
    public static final PoolLimits DEFAULT = new PoolLimits(20, Duration.ofSeconds(5), Duration.ofMinutes(5));

    public PoolLimits {
        if (connectionsMax < 1) {
            throw new IllegalArgumentException("a pool needs at least 1 connection, not " + connectionsMax);
        }
        if (acquisitionTimeout.isNegative() || idleTimeout.isNegative()) {
            throw new IllegalArgumentException("a pool's time-outs cannot be negative");
        }
    }

    public PoolLimits withConnectionsMax(int max) {
        return new PoolLimits(max, acquisitionTimeout, idleTimeout);
    }
}
