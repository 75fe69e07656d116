package dev.assent.rm.jdbc;

import java.time.Duration;

/**
 * The bounds of a pool.
 *
 * @param connectionsMax open at once; each open transaction holds one, until its outcome is known
 * @param acquisitionTimeout how long a request waits for a free connection before it fails
 * @param idleTimeout how long an unused connection stays open
 * @param lookAfter of a connection not given out for so long it is looked at whether its database has closed it without
 *     a word; the driver waits up to a millisecond to see that. What the database said is seen at once (pgjdbc without
 *     TLS)
 * @param validateAfter a connection not given out for so long is asked whether it lives before it is given out
 * @param validationTimeout how long that question may take, in whole seconds
 * @param loginTimeout how long the making of a connection may take, in whole seconds, where the driver's data source
 *     sets nothing
 * @param socketTimeout how long a connection waits for an answer of its database, in whole seconds, where the driver's
 *     data source sets nothing and the driver can be told (pgjdbc); longer than any transaction and statement
 */
public record PoolLimits(
        int connectionsMax,
        Duration acquisitionTimeout,
        Duration idleTimeout,
        Duration lookAfter,
        Duration validateAfter,
        Duration validationTimeout,
        Duration loginTimeout,
        Duration socketTimeout) {
    public static final PoolLimits DEFAULT = new PoolLimits(20, Duration.ofSeconds(5), Duration.ofMinutes(5));

    public PoolLimits {
        if (connectionsMax < 1) {
            throw new IllegalArgumentException("a pool needs at least 1 connection, not " + connectionsMax);
        }
        if (acquisitionTimeout.isNegative()
                || idleTimeout.isNegative()
                || lookAfter.isNegative()
                || validateAfter.isNegative()) {
            throw new IllegalArgumentException("a pool's time-outs cannot be negative");
        }
        requireSeconds("validation time-out", validationTimeout);
        requireSeconds("login time-out", loginTimeout);
        requireSeconds("socket time-out", socketTimeout);
    }

    /** With the default bounds for connections that die or do not answer. */
    public PoolLimits(int connectionsMax, Duration acquisitionTimeout, Duration idleTimeout) {
        this(
                connectionsMax,
                acquisitionTimeout,
                idleTimeout,
                Duration.ofMillis(100),
                Duration.ofMillis(500),
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                Duration.ofMinutes(15));
    }

    private static void requireSeconds(String what, Duration value) {
        if (value.toSeconds() < 1) {
            throw new IllegalArgumentException("a pool's " + what + " is 1 second or more, not " + value);
        }
    }

    public PoolLimits withConnectionsMax(int max) {
        return new PoolLimits(
                max,
                acquisitionTimeout,
                idleTimeout,
                lookAfter,
                validateAfter,
                validationTimeout,
                loginTimeout,
                socketTimeout);
    }

    public PoolLimits withAcquisitionTimeout(Duration timeout) {
        return new PoolLimits(
                connectionsMax,
                timeout,
                idleTimeout,
                lookAfter,
                validateAfter,
                validationTimeout,
                loginTimeout,
                socketTimeout);
    }

    public PoolLimits withIdleTimeout(Duration timeout) {
        return new PoolLimits(
                connectionsMax,
                acquisitionTimeout,
                timeout,
                lookAfter,
                validateAfter,
                validationTimeout,
                loginTimeout,
                socketTimeout);
    }

    public PoolLimits withLookAfter(Duration after) {
        return new PoolLimits(
                connectionsMax,
                acquisitionTimeout,
                idleTimeout,
                after,
                validateAfter,
                validationTimeout,
                loginTimeout,
                socketTimeout);
    }

    public PoolLimits withValidation(Duration after, Duration timeout) {
        return new PoolLimits(
                connectionsMax,
                acquisitionTimeout,
                idleTimeout,
                lookAfter,
                after,
                timeout,
                loginTimeout,
                socketTimeout);
    }

    public PoolLimits withDriverBounds(Duration login, Duration socket) {
        return new PoolLimits(
                connectionsMax,
                acquisitionTimeout,
                idleTimeout,
                lookAfter,
                validateAfter,
                validationTimeout,
                login,
                socket);
    }
}
