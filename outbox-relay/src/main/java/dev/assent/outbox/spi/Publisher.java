package dev.assent.outbox.spi;

import dev.assent.outbox.model.Batch;
import dev.assent.outbox.model.OutboxRecord;
import dev.assent.outbox.model.PublishOutcome;
import dev.assent.outbox.model.ShardLease;
import java.io.Closeable;
import java.io.IOException;

/** The broker side of the relay. */
public interface Publisher {
    /**
     * Fences every earlier publisher of this shard, ends what it left open, and is then ready to publish.
     *
     * @throws IOException if the broker cannot be reached in time; to be tried again
     */
    ShardPublisher open(ShardLease lease) throws IOException;

    /** Publishes for one shard, used by one thread. After any outcome but published or rejected: close it. */
    interface ShardPublisher extends Closeable {
        /** Makes the whole batch visible to consumers that read committed records, in its order, or nothing of it. */
        PublishOutcome publish(Batch batch);

        /** Tells the dead-letter topic, if there is one, why {@code refused} is not delivered. */
        PublishOutcome announceDeadLetter(OutboxRecord refused, int failures, String reason);

        /** Gives up what is in flight and returns soon. */
        @Override
        void close();
    }
}
