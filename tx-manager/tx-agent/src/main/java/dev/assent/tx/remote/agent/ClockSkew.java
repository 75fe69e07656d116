package dev.assent.tx.remote.agent;

import dev.assent.time.Clock;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far this service's clock is from the nodes', measured with each greeting. Deadlines are the nodes' and are
 * compared here, so a clock that is off lets transactions time out before they begin, or late; nothing becomes wrong by
 * it, but nobody would guess why. A slow network is never taken for a wrong clock: what the answer may have taken is
 * given to the benefit of the clock. Thread-safe.
 */
final class ClockSkew {
    private static final Logger LOG = LoggerFactory.getLogger(ClockSkew.class);

    /** So much is nothing to speak of. */
    static final long TOLERATED_MILLIS = 5_000;

    private final Clock clock;
    private volatile long aheadMillis;
    private volatile Optional<String> complaint = Optional.empty();

    ClockSkew(Clock clock) {
        this.clock = clock;
    }

    /**
     * What a node's clock said, between the greeting and the arrival of its answer just now.
     *
     * @param nodeEpochMillis 0 if the node does not tell
     * @param roundTripNanos from the greeting to the answer
     */
    void measured(String node, long nodeEpochMillis, long roundTripNanos) {
        if (nodeEpochMillis == 0) {
            return;
        }
        long mostAhead = clock.epochMillis() - nodeEpochMillis;
        long leastAhead = mostAhead - TimeUnit.NANOSECONDS.toMillis(Math.max(0, roundTripNanos));
        aheadMillis = (mostAhead + leastAhead) / 2;
        if (leastAhead > TOLERATED_MILLIS) {
            complain(leastAhead / 1_000 + " s ahead of", node);
        } else if (mostAhead < -TOLERATED_MILLIS) {
            complain(-mostAhead / 1_000 + " s behind", node);
        } else if (complaint.isPresent()) {
            complaint = Optional.empty();
            LOG.info("this service's clock agrees with that of {} again", node);
        }
    }

    private void complain(String how, String node) {
        String told = "this service's clock is " + how + " that of coordinator " + node
                + "; set it right, by NTP for instance";
        if (!complaint.equals(Optional.of(told))) {
            LOG.warn("{}: until then transactions here seem to be past their deadlines too early or too late", told);
        }
        complaint = Optional.of(told);
    }

    /** The nodes' time now, as near as it was measured. */
    long nodesEpochMillis() {
        return clock.epochMillis() - aheadMillis;
    }

    /** What is wrong with this service's clock, if something is. */
    Optional<String> complaint() {
        return complaint;
    }

    /** For the end of a message that speaks of a deadline. */
    String remark() {
        return complaint.map(told -> " (" + told + ")").orElse("");
    }
}
