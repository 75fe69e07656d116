package dev.assent.coordination.server.config;

/**
 * The bounds a client's wished session time-out is clamped to.
 *
 * @param minMillis ZooKeeper's minSessionTimeout, by default 2 ticks
 * @param maxMillis ZooKeeper's maxSessionTimeout, by default 20 ticks
 */
public record SessionTimeouts(int minMillis, int maxMillis) {
    public SessionTimeouts {
        if (minMillis < 1 || maxMillis < minMillis) {
            throw new IllegalArgumentException("minSessionTimeout=" + minMillis + " and maxSessionTimeout=" + maxMillis
                    + " must be positive, the minimum not above the maximum");
        }
    }

    public static SessionTimeouts ofTicks(int tickMillis) {
        return new SessionTimeouts(2 * tickMillis, 20 * tickMillis);
    }

    public int clamp(int wishedMillis) {
        return Math.max(minMillis, Math.min(maxMillis, wishedMillis));
    }
}
