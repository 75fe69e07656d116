package dev.assent.outbox.kafka;

import dev.assent.outbox.model.Batch;
import dev.assent.outbox.model.OutboxRecord;
import dev.assent.outbox.model.PublishOutcome;
import dev.assent.outbox.model.PublishOutcome.Fenced;
import dev.assent.outbox.model.PublishOutcome.Published;
import dev.assent.outbox.model.PublishOutcome.Rejected;
import dev.assent.outbox.model.PublishOutcome.TopicsClosed;
import dev.assent.outbox.model.PublishOutcome.Unavailable;
import dev.assent.outbox.model.TopicState;
import dev.assent.outbox.spi.Publisher.ShardPublisher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Publishes the batches of one shard, each in one Kafka transaction. Used by one thread. */
final class KafkaShardPublisher implements ShardPublisher {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaShardPublisher.class);
    /** A commit that timed out may be repeated; after this many tries its outcome is reported as unknown. */
    private static final int COMMIT_TRIES_MAX = 2;

    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaSettings settings;
    private final TopicDirectory topics;

    KafkaShardPublisher(KafkaProducer<byte[], byte[]> producer, KafkaSettings settings, TopicDirectory topics) {
        this.producer = producer;
        this.settings = settings;
        this.topics = topics;
        // So that it is known by the time it is needed.
        settings.deadLetterTopic().ifPresent(topics::stateOf);
    }

    /** A record that the producer has taken. */
    private record Sent(long seq, String topic, Future<RecordMetadata> result) {}

    @Override
    public TopicState topic(String topic) {
        return topics.stateOf(topic);
    }

    @Override
    public Verdict screen(OutboxRecord record) {
        Optional<String> tooLarge = tooLarge(record);
        if (tooLarge.isPresent()) {
            return new Verdict.Unfit(tooLarge.get());
        }
        return topics.stateOf(record.message().topic()).accept(new TopicState.Handler<>() {
            @Override
            public Verdict open(TopicState.Open state) {
                return new Verdict.Fit();
            }

            @Override
            public Verdict unknown(TopicState.Unknown state) {
                return new Verdict.TopicUnknown();
            }

            @Override
            public Verdict closed(TopicState.Closed state) {
                return new Verdict.TopicClosed(state.reason());
            }
        });
    }

    /** The relay's own limit counts what goes with a record; the topic's is surely passed only by its contents. */
    private Optional<String> tooLarge(OutboxRecord record) {
        int sizeBytes = KafkaRecords.sizeBytes(record);
        if (sizeBytes > settings.recordBytesMax()) {
            return Optional.of("RecordTooLarge: about " + sizeBytes + " bytes, and record.bytes is "
                    + settings.recordBytesMax() + ": raise it and the topic's max.message.bytes, or skip the record");
        }
        String topic = record.message().topic();
        OptionalLong topicBytesMax = topics.recordBytesMax(topic);
        if (topicBytesMax.isPresent() && KafkaRecords.contentBytes(record) > topicBytesMax.getAsLong()) {
            return Optional.of("RecordTooLarge: about " + sizeBytes + " bytes, and max.message.bytes of topic " + topic
                    + " is " + topicBytesMax.getAsLong() + ": raise it, or skip the record");
        }
        return Optional.empty();
    }

    @Override
    public PublishOutcome publish(Batch batch) {
        PublishOutcome outcome = transact(
                batch.seqs(), batch.records().stream().map(KafkaRecords::of).toList());
        if (outcome instanceof Published) {
            SortedSet<String> taken = new TreeSet<>();
            batch.records().forEach(record -> taken.add(record.message().topic()));
            topics.published(taken);
        }
        return outcome;
    }

    @Override
    public PublishOutcome announceDeadLetter(OutboxRecord refused, int failures, String reason) {
        if (settings.deadLetterTopic().isEmpty()) {
            return new Published();
        }
        String topic = settings.deadLetterTopic().get();
        if (topics.stateOf(topic) instanceof TopicState.Closed closed) {
            return new TopicsClosed(new TreeSet<>(Set.of(topic)), closed.reason());
        }
        byte[] body = refused.message().body().toByteArray();
        boolean isTooLarge = tooLarge(refused).isPresent();
        return transact(
                List.of(refused.seq()),
                List.of(KafkaRecords.deadLetter(
                        topic,
                        refused,
                        isTooLarge ? new byte[0] : body,
                        failures,
                        isTooLarge ? reason + " (body left out)" : reason)));
    }

    private PublishOutcome transact(List<Long> seqs, List<ProducerRecord<byte[], byte[]>> records) {
        List<Sent> sent = new ArrayList<>();
        try {
            producer.beginTransaction();
            for (int i = 0; i < records.size(); i++) {
                ProducerRecord<byte[], byte[]> record = records.get(i);
                Sent one = new Sent(seqs.get(i), record.topic(), producer.send(record));
                sent.add(one);
                // A send may wait for what the client knows of a topic; the rest must not wait as well, one by one.
                Optional<Throwable> failure = failureOf(one.result());
                if (failure.isPresent()) {
                    return explain(sent, failure.get());
                }
            }
            return commit();
        } catch (InterruptException e) {
            Thread.currentThread().interrupt();
            return new Unavailable("interrupted while publishing");
        } catch (KafkaException | IllegalStateException e) {
            return explain(sent, e);
        }
    }

    private PublishOutcome commit() {
        for (int tried = 1; ; tried++) {
            try {
                producer.commitTransaction();
                return new Published();
            } catch (TimeoutException e) {
                if (tried == COMMIT_TRIES_MAX) {
                    return new Unavailable("the broker did not say how the commit ended: " + e.getMessage());
                }
                LOG.info("a commit takes longer than {}; it is repeated", KafkaSettings.BLOCK_MAX, e);
            }
        }
    }

    /** Finds out whose fault a failed transaction was, and aborts it. */
    private PublishOutcome explain(List<Sent> sent, Throwable failure) {
        Optional<String> fenced = Refusals.fencing(failure);
        if (fenced.isPresent()) {
            return new Fenced(fenced.get());
        }
        try {
            producer.abortTransaction();
        } catch (InterruptException e) {
            Thread.currentThread().interrupt();
            return new Unavailable("interrupted while aborting");
        } catch (KafkaException | IllegalStateException e) {
            Optional<String> fencedNow = Refusals.fencing(e);
            return fencedNow.isPresent()
                    ? new Fenced(fencedNow.get())
                    : new Unavailable("cannot abort after " + failure + ": " + e.getMessage());
        }
        return blame(sent, failure);
    }

    /**
     * The broker has answered the abort, so it is there: what was not answered are topics. Those that succeeded in the
     * same transaction, or were only aborted along with others, are not to blame.
     */
    private PublishOutcome blame(List<Sent> sent, Throwable failure) {
        List<Long> suspects = new ArrayList<>();
        SortedSet<String> closed = new TreeSet<>();
        String why = "";
        for (Sent one : sent) {
            Optional<Throwable> cause = failureOf(one.result());
            Optional<String> ofTheTopic = cause.flatMap(Refusals::ofTheTopic);
            Optional<String> ofTheRecord = cause.flatMap(Refusals::ofTheRecord);
            if (ofTheTopic.isPresent()) {
                closed.add(one.topic());
                why = ofTheTopic.get();
            } else if (ofTheRecord.isPresent() && closed.isEmpty()) {
                suspects.add(one.seq());
                why = ofTheRecord.get();
            }
        }
        if (!closed.isEmpty()) {
            topics.blame(closed, why);
            return new TopicsClosed(closed, why);
        }
        return suspects.isEmpty()
                ? new Unavailable(failure + (failure.getCause() == null ? "" : ": " + failure.getCause()))
                : new Rejected(suspects, why);
    }

    private static Optional<Throwable> failureOf(Future<RecordMetadata> result) {
        if (!result.isDone()) {
            return Optional.empty();
        }
        try {
            result.get();
            return Optional.empty();
        } catch (ExecutionException e) {
            return Optional.ofNullable(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        try {
            producer.close(Duration.ZERO);
        } catch (InterruptException e) {
            Thread.currentThread().interrupt();
        }
    }
}
