package dev.assent.rm;

import dev.assent.rm.jdbc.PoolLimits;
import dev.assent.rm.jta.AssentTransactions;
import dev.assent.tx.api.EmbeddedCoordinators;
import java.time.Duration;

/**
 * Settings of {@link Assent}; start from {@link #DEFAULT} and change what you need.
 *
 * @param defaultTimeout how long a transaction may take unless {@code setTransactionTimeout} says otherwise
 * @param timeoutMax no transaction may be given longer
 * @param patience how long a commit waits for its resources before it answers with what is known
 * @param recoveryInterval how often leftovers of other coordinators are looked for
 * @param pool the bounds of a pool that is made without bounds of its own
 * @param decisions where transactions are decided
 */
public record AssentSettings(
        Duration defaultTimeout,
        Duration timeoutMax,
        Duration patience,
        Duration recoveryInterval,
        PoolLimits pool,
        Decisions decisions) {
    public static final AssentSettings DEFAULT = new AssentSettings(
            AssentTransactions.DEFAULT_TIMEOUT,
            Duration.ofMinutes(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(2),
            PoolLimits.DEFAULT,
            Decisions.STORE);

    /** Where transactions are decided. */
    public enum Decisions {
        /** In the replicated store, whatever databases are away. */
        STORE,
        /**
         * In the database of their first branch, by a row in a table that is made there; which is faster, and leaves
         * the other databases in doubt while that one is away.
         */
        DATABASE
    }

    public AssentSettings {
        requirePositive("default time-out", defaultTimeout);
        requirePositive("longest time-out", timeoutMax);
        requirePositive("patience", patience);
        requirePositive("recovery interval", recoveryInterval);
        if (defaultTimeout.compareTo(timeoutMax) > 0) {
            throw new IllegalArgumentException(
                    "the default time-out, " + defaultTimeout + ", is longer than the longest one, " + timeoutMax);
        }
    }

    private static void requirePositive(String what, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("the " + what + " must be longer than zero, not " + value);
        }
    }

    public AssentSettings withDefaultTimeout(Duration timeout) {
        return new AssentSettings(timeout, timeoutMax, patience, recoveryInterval, pool, decisions);
    }

    public AssentSettings withTimeoutMax(Duration max) {
        return new AssentSettings(defaultTimeout, max, patience, recoveryInterval, pool, decisions);
    }

    public AssentSettings withPatience(Duration newPatience) {
        return new AssentSettings(defaultTimeout, timeoutMax, newPatience, recoveryInterval, pool, decisions);
    }

    public AssentSettings withRecoveryInterval(Duration interval) {
        return new AssentSettings(defaultTimeout, timeoutMax, patience, interval, pool, decisions);
    }

    public AssentSettings withPool(PoolLimits limits) {
        return new AssentSettings(defaultTimeout, timeoutMax, patience, recoveryInterval, limits, decisions);
    }

    public AssentSettings withDecisions(Decisions place) {
        return new AssentSettings(defaultTimeout, timeoutMax, patience, recoveryInterval, pool, place);
    }

    /** For the coordinator in this process. */
    EmbeddedCoordinators.Limits limits() {
        return new EmbeddedCoordinators.Limits(timeoutMax, patience, recoveryInterval);
    }
}
