package dev.assent.rm.tcc;

import dev.assent.time.Clock;
import dev.assent.tx.bulkhead.ThrottledLog;
import dev.assent.tx.model.BranchId;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says of a resource whose branches cannot be ended why, now and then. Thread-safe. */
final class Complaints {
    private static final Logger LOG = LoggerFactory.getLogger(Complaints.class);
    private static final Duration EVERY = Duration.ofSeconds(30);

    private final String resource;
    private final ThrottledLog log;

    Complaints(String resource, Clock clock) {
        this.resource = resource;
        this.log = new ThrottledLog(clock, EVERY);
    }

    void about(BranchId branch, LocalFailure failed) {
        log.say(more -> LOG.warn(
                "branch {} of resource {} is not confirmed or cancelled yet, and will be tried again until it is: {}{}."
                        + " All that wait: select * from assent_tcc_fence where state = 'TRIED'",
                branch,
                resource,
                failed.getMessage(),
                more));
    }
}
