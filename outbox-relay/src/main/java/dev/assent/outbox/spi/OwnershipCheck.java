package dev.assent.outbox.spi;

import dev.assent.outbox.spi.OutboxStore.Ownership;
import java.io.IOException;
import java.time.Duration;

/** Asks the database whether a shard is still its owner's, for {@link #ANSWER_MAX} at most. */
@FunctionalInterface
public interface OwnershipCheck {
    /**
     * How long a transaction waits for the answer. Far below the time that the broker keeps it open, for its records have
     * had their part of that before.
     */
    Duration ANSWER_MAX = Duration.ofSeconds(3);

    /**
     * Whether the shard is still its owner's.
     *
     * @throws IOException if the database does not answer: the shard may be anybody's
     */
    Ownership check() throws IOException;
}
