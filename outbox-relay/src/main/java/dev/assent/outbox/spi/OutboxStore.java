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
        /** What is held is counted up to this number of each. */
        int HELD_COUNT_MAX = 10_000;

        /**
         * The due records in ascending order, without those of parked keys that still wait: at most {@code limits} of
         * those that never waited, and as many again of those that did. Whatever waits behind a parked key is put out
         * of the way, so that no later read meets it again.
         *
         * @return empty if another owner has claimed the shard
         */
        Optional<List<OutboxRecord>> due(BatchLimits limits) throws IOException;

        /** Whether the shard is still this owner's; changes nothing. */
        Ownership check() throws IOException;

        /** Lets the keys of these records, each the first of its key, wait for their topics. */
        Ownership hold(List<Plan.Stopped> held) throws IOException;

        /** The next topics, in the order of their names, that keys of this shard wait for, at most {@code topicsMax}. */
        SortedSet<String> heldTopics(String after, int topicsMax) throws IOException;

        /** How many topics, keys and records wait for topics that take no records. */
        Held held() throws IOException;

        /**
         * Makes keys due that wait for {@code topic}, at most {@code keysMax}; not those that are being tried.
         *
         * @return how many there were; fewer than {@code keysMax} means that no more wait
         */
        int release(String topic, int keysMax) throws IOException;

        /**
         * The first records of keys that wait for {@code topic}, without one for another topic or behind it, at most {@code
         * limits}. Their keys go on waiting, but for {@link #acknowledge} or {@link #hold}: nobody else moves them.
         *
         * @return empty if another owner has claimed the shard
         */
        Optional<List<OutboxRecord>> toTry(String topic, BatchLimits limits) throws IOException;

        /** Removes the batch and frees its keys where they were parked. */
        Ownership acknowledge(Batch batch) throws IOException;

        /** Lets the record's key wait, by the database's clock; an empty wait is until an operator decides. */
        Ownership park(OutboxRecord refused, int failures, Optional<Duration> wait, String reason) throws IOException;

        /** Moves the record to the dead letters and frees its key. */
        Ownership deadLetter(OutboxRecord refused, int failures, String reason) throws IOException;
    }

    /** What waits for topics that take no records, each counted up to {@value ShardOutbox#HELD_COUNT_MAX}. */
    record Held(long topics, long keys, long records) {
        public static final Held NOTHING = new Held(0, 0, 0);

        public boolean isEmpty() {
            return keys == 0;
        }
    }

    /** Whether a shard is still its owner's; of a change, whether it was made. */
    enum Ownership {
        /** It is; the change is durable. */
        KEPT,
        /** Another owner has claimed the shard; nothing was changed. */
        LOST
    }
}
