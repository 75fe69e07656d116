package dev.assent.outbox.policy;

import dev.assent.time.Backoff;
import java.time.Duration;

/**
 * How long a shard waits before it looks again: not at all while there is work, {@code busy} just after, and doubling
 * up to {@code idle} while nothing comes. (LISTEN/NOTIFY is no way out: PostgreSQL refuses to prepare a transaction
 * that has notified, and notifying commits take turns on one lock.)
 */
public record PollPacing(Duration busy, Duration idle) {
    public PollPacing {
        if (busy.isNegative() || busy.isZero() || idle.compareTo(busy) < 0) {
            throw new IllegalArgumentException(
                    "poll intervals must be positive and ascending, not " + busy + " to " + idle);
        }
    }

    /** The wait after {@code emptyPolls} polls in a row found nothing. */
    public Duration wait(int emptyPolls) {
        return emptyPolls == 0 ? Duration.ZERO : Backoff.of(busy, idle).pause(emptyPolls);
    }
}
