package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.replica.LogThrottle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the operator which sessions expired: one line for one, and one line now and then for many. One thread. */
final class ExpiryLog {
    static final long INTERVAL_MILLIS = 10_000;
    private static final Logger LOG = LoggerFactory.getLogger(ExpiryLog.class);

    private final LogThrottle seldom = new LogThrottle(INTERVAL_MILLIS);
    private int untold;
    private @Nullable SessionId last;
    private int lastTimeoutMillis;

    void expired(SessionId session, int timeoutMillis) {
        untold++;
        last = session;
        lastTimeoutMillis = timeoutMillis;
    }

    /** To be called now and then. */
    void tell(long nowMillis) {
        if (untold == 0 || !seldom.permits(nowMillis)) {
            return;
        }
        if (untold == 1) {
            LOG.info("session {} expired: its client was not heard for {} ms", last, lastTimeoutMillis);
        } else {
            LOG.info(
                    "{} sessions expired, the last one {} with a time-out of {} ms: their clients were not heard",
                    untold,
                    last,
                    lastTimeoutMillis);
        }
        untold = 0;
    }
}
