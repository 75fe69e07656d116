package dev.assent.rm.tcc;

import java.time.Duration;

/**
 * What a resource may take.
 *
 * @param argumentsBytesMax of one try, as they are kept in its row; more are refused before anything is done
 * @param silence how long the database may take for one answer, and a connection to be given, before it is given up
 * @param retention how long past its transaction's deadline an ended branch is remembered, by the database's clock
 * @param purgedMax rows deleted in one local transaction
 */
public record TccLimits(int argumentsBytesMax, Duration silence, Duration retention, int purgedMax) {
    public static final TccLimits DEFAULT = new TccLimits(64 << 10, Duration.ofSeconds(30), Duration.ofDays(1), 500);

    public TccLimits {
        if (argumentsBytesMax < 0 || purgedMax < 1) {
            throw new IllegalArgumentException("limits are positive, not " + argumentsBytesMax + " and " + purgedMax);
        }
        if (silence.toMillis() < 1 || silence.toMillis() > Integer.MAX_VALUE || retention.toMillis() < 1) {
            throw new IllegalArgumentException("times are positive, not " + silence + " and " + retention);
        }
    }
}
