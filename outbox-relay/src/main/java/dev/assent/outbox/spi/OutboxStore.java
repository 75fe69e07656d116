package dev.assent.outbox.spi;

import dev.assent.outbox.model.Batch;
import dev.assent.outbox.model.OutboxRecord;
import dev.assent.outbox.model.ShardEpoch;
import dev.assent.outbox.model.ShardId;
import dev.assent.outbox.model.ShardLease;
import dev.assent.outbox.policy.BatchLimits;
import dev.assent.outbox.policy.Plan;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/** The database side of the relay. */
public interface OutboxStore {
    /** How many shards the outbox has; fixed when its schema was installed. */
    int shards() throws IOException;

    /** The epoch of the last claim of {@code shard}. */
    ShardEpoch epochOf(ShardId shard) throws IOException;

    /**
     * Makes the lease's epoch the shard's epoch in the database, so that older owners are refused from now on. The
     * same lease may claim again, after a lost connection.
     *
     * @return empty if the database has already seen a newer owner
     */
    Optional<ShardOutbox> claim(ShardLease lease) throws IOException;

    /**
     * The outbox of one claimed shard, used by one thread. Every change first checks, and holds until it is durable,
     * that the epoch is still the claimed one. After an {@link IOException} nothing is known about the last change:
     * close this, and claim again.
     */
    interface ShardOutbox extends Closeable {
        /** Most topics that a shard waits for at a time, as far as it knows; the others follow once these are open. */
        int HELD_TOPICS_MAX = 1_000;

        /**
         * The due records in ascending order, without those of parked keys that still wait: at most {@code limits} of
         * those that never waited, and as many again of those that did. Whatever waits behind a parked key is put out
         * of the way, so that no later read meets it again.
         *
         * @return empty if another owner has claimed the shard
         */
        Optional<List<OutboxRecord>> due(BatchLimits limits) throws IOException;

        /** Lets the keys of these records, each the first of its key, wait for their topics. */
        Ownership hold(List<Plan.Stopped> held) throws IOException;

        /** Topics that keys of this shard wait for, at most {@value #HELD_TOPICS_MAX}. */
        SortedSet<String> heldTopics() throws IOException;

        /**
         * Makes keys due that wait for {@code topic}, at most {@code keysMax}.
         *
         * @return how many there were; fewer than {@code keysMax} means that no more wait
         */
        int release(String topic, int keysMax) throws IOException;

        /** Removes the batch and frees its keys where they were parked. */
        Ownership acknowledge(Batch batch) throws IOException;

        /** Lets the record's key wait, by the database's clock; an empty wait is until an operator decides. */
        Ownership park(OutboxRecord refused, int failures, Optional<Duration> wait, String reason) throws IOException;

        /** Moves the record to the dead letters and frees its key. */
        Ownership deadLetter(OutboxRecord refused, int failures, String reason) throws IOException;
    }

    /** Whether a change was made. */
    enum Ownership {
        /** The change is durable. */
        KEPT,
        /** Another owner has claimed the shard; nothing was changed. */
        LOST
    }
}
