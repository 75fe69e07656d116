package dev.assent.coordination.replica;

import dev.assent.coordination.model.ServerId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator when this server takes no orders for a while, why, and when that is over. What lasts less than
 * {@value #PATIENCE_MILLIS} ms is the ordinary way of a busy server and not told. On the loop's thread only.
 */
final class BackPressure {
    static final long PATIENCE_MILLIS = 1_000;
    private static final Logger LOG = LoggerFactory.getLogger(BackPressure.class);

    private final ServerId self;
    private boolean on;
    private boolean told;
    private long sinceMillis;

    BackPressure(ServerId self) {
        this.self = self;
    }

    /**
     * Looks at how it is now.
     *
     * @param unwrittenBytes what waits for the disk
     */
    void observe(boolean hasRoom, boolean diskBehind, long unwrittenBytes, long nowMillis) {
        if (on == hasRoom) {
            on = !hasRoom;
            if (hasRoom && told) {
                LOG.warn("{} takes orders again after {} ms", self, nowMillis - sinceMillis);
            }
            sinceMillis = nowMillis;
            told = false;
        }
        if (on && !told && nowMillis - sinceMillis >= PATIENCE_MILLIS) {
            told = true;
            LOG.warn(
                    "{} takes no orders: {}",
                    self,
                    diskBehind
                            ? (unwrittenBytes >> 20) + " MiB wait for the disk of dataLogDir, which is too slow or does"
                                    + " not answer"
                            : "too many proposals are not committed yet; too few members are fast enough");
        }
    }
}
