package dev.assent.outbox.spi;

import dev.assent.outbox.model.Batch;
import dev.assent.outbox.model.OutboxRecord;
import dev.assent.outbox.model.PublishOutcome;
import dev.assent.outbox.model.ShardLease;
import dev.assent.outbox.model.TopicState;
import dev.assent.outbox.policy.Screening;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** The broker side of the relay. */
public interface Publisher extends Closeable {
    /**
     * Fences every earlier publisher of this shard, ends what it left open, and is then ready to publish. The shard is
     * claimed in the database before.
     *
     * @param ownership asked before each commit, and only on the thread that uses the shard's publisher
     * @throws IOException if the broker cannot be reached in time; to be tried again
     */
    ShardPublisher open(ShardLease lease, OwnershipCheck ownership) throws IOException;

    /** Ends what is shared by the shards; to be called when their publishers are closed. */
    @Override
    void close();

    /**
     * A batch of one doubtful topic that was sent apart from the others.
     *
     * @param outcome tells what came of the records; what it says about the topic, {@link ShardPublisher#topic} knows
     */
    record Trial(String topic, Batch batch, PublishOutcome outcome) {}

    /**
     * Publishes for one shard, used by one thread. Screening and {@link #topic} answer at once, from what is known. After
     * an outcome that is unavailable or fenced: close it.
     */
    interface ShardPublisher extends Screening, Closeable {
        /** Whether {@code topic} takes records, as far as is known. */
        TopicState topic(String topic);

        /** Makes the whole batch visible to consumers that read committed records, in its order, or nothing of it. */
        PublishOutcome publish(Batch batch);

        /** Whether {@code topic}, which is doubtful, can be tried with records that are read from now on. */
        boolean mayTry(String topic);

        /**
         * Publishes records of a doubtful topic apart from the others, and returns at once; {@link #ended} tells what came
         * of it. Nothing else of their keys may be published meanwhile.
         *
         * @return false if nothing can be tried now
         */
        boolean tryApart(String topic, Batch batch);

        /**
         * Asks whose the shard is, for the trials whose records are acknowledged: they commit then. To be called in each
         * round; a trial that nobody asks for is given up after {@link OwnershipCheck#ANSWER_MAX}.
         *
         * @throws IOException if the database does not answer
         */
        void attend() throws IOException;

        /** Trials that have ended since the last call. */
        List<Trial> ended();

        /** Tells the dead-letter topic, if there is one, why {@code refused} is not delivered. */
        PublishOutcome announceDeadLetter(OutboxRecord refused, int failures, String reason);

        /** Gives up what is in flight and returns soon. */
        @Override
        void close();
    }
}
