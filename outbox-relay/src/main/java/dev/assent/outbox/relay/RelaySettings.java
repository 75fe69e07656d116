package dev.assent.outbox.relay;

import dev.assent.outbox.policy.BatchLimits;
import dev.assent.outbox.policy.Exhausted;
import dev.assent.outbox.policy.PollPacing;
import dev.assent.outbox.policy.RetryPolicy;
import java.time.Duration;

/**
 * What the relay's own behaviour can be tuned by.
 *
 * @param giveUpAfter a shard that has stalled for so long is given up if another instance may take it
 */
public record RelaySettings(
        String relay, String instance, BatchLimits limits, PollPacing pacing, RetryPolicy retry, Duration giveUpAfter) {
    public RelaySettings {
        if (giveUpAfter.isNegative()) {
            throw new IllegalArgumentException(
                    "giveup.after is " + giveUpAfter.toMillis() + "; it must not be negative");
        }
    }

    /**
     * 500 records or 4 MiB a batch, polls every 20 to 100 ms, 10 attempts from 200 ms to 1 min, then the key stops; given
     * up after 15 s.
     */
    public static RelaySettings standard(String relay, String instance) {
        return new RelaySettings(
                relay,
                instance,
                new BatchLimits(500, 4L * 1024 * 1024),
                new PollPacing(Duration.ofMillis(20), Duration.ofMillis(100)),
                new RetryPolicy(Duration.ofMillis(200), Duration.ofMinutes(1), 10, Exhausted.STOP_KEY),
                Duration.ofSeconds(15));
    }
}
