package dev.assent.outbox.spi;

import dev.assent.outbox.spi.OutboxStore.Ownership;
import java.io.IOException;

/** Asks the database whether a shard is still its owner's; bounded by the time that a statement may take. */
@FunctionalInterface
public interface OwnershipCheck {
    /**
     * Whether the shard is still its owner's.
     *
     * @throws IOException if the database does not answer: the shard may be anybody's
     */
    Ownership check() throws IOException;
}
