package dev.assent.outbox.kafka;

import dev.assent.outbox.model.Batch;
import dev.assent.outbox.model.OutboxRecord;
import dev.assent.outbox.model.PublishOutcome;
import dev.assent.outbox.model.PublishOutcome.Fenced;
import dev.assent.outbox.model.PublishOutcome.Published;
import dev.assent.outbox.model.PublishOutcome.Rejected;
import dev.assent.outbox.model.PublishOutcome.Unavailable;
import dev.assent.outbox.spi.Publisher.ShardPublisher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
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
    private final MissingTopics missingTopics;

    KafkaShardPublisher(KafkaProducer<byte[], byte[]> producer, KafkaSettings settings, LongSupplier nanoClock) {
        this.producer = producer;
        this.settings = settings;
        this.missingTopics = new MissingTopics(settings.kafka(), nanoClock);
    }

    /** A record that the producer has taken. */
    private record Sent(long seq, String topic, Future<RecordMetadata> result) {}

    @Override
    public PublishOutcome publish(Batch batch) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (OutboxRecord record : batch.records()) {
            ProducerRecord<byte[], byte[]> kafkaRecord = KafkaRecords.of(record);
            Optional<String> unfit = unfit(kafkaRecord);
            if (unfit.isPresent()) {
                return new Rejected(List.of(record.seq()), unfit.get());
            }
            records.add(kafkaRecord);
        }
        return transact(batch.seqs(), records);
    }

    @Override
    public PublishOutcome announceDeadLetter(OutboxRecord refused, int failures, String reason) {
        if (settings.deadLetterTopic().isEmpty()) {
            return new Published();
        }
        String topic = settings.deadLetterTopic().get();
        byte[] body = refused.message().body().toByteArray();
        ProducerRecord<byte[], byte[]> letter = KafkaRecords.deadLetter(topic, refused, body, failures, reason);
        if (unfit(letter).isPresent()) {
            letter = KafkaRecords.deadLetter(topic, refused, new byte[0], failures, reason + " (body left out)");
        }
        return transact(List.of(refused.seq()), List.of(letter));
    }

    /** What can be told without asking the broker, so that one unfit record does not abort the others. */
    private Optional<String> unfit(ProducerRecord<byte[], byte[]> record) {
        int sizeBytes = KafkaRecords.sizeBytes(record);
        if (sizeBytes > settings.recordBytesMax()) {
            return Optional.of(
                    "RecordTooLarge: about " + sizeBytes + " bytes, and record.bytes is " + settings.recordBytesMax());
        }
        if (missingTopics.isKnownMissing(record.topic())) {
            return Optional.of("topic " + record.topic() + " does not exist: create it");
        }
        return Optional.empty();
    }

    private PublishOutcome transact(List<Long> seqs, List<ProducerRecord<byte[], byte[]>> records) {
        List<Sent> sent = new ArrayList<>();
        try {
            producer.beginTransaction();
            for (int i = 0; i < records.size(); i++) {
                ProducerRecord<byte[], byte[]> record = records.get(i);
                sent.add(new Sent(seqs.get(i), record.topic(), producer.send(record)));
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
    private PublishOutcome explain(List<Sent> sent, RuntimeException failure) {
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

    private PublishOutcome blame(List<Sent> sent, RuntimeException failure) {
        List<Long> suspects = new ArrayList<>();
        Set<String> unanswered = new TreeSet<>();
        String reason = "";
        for (Sent one : sent) {
            Optional<Throwable> cause = failureOf(one.result());
            Optional<String> refusal = cause.flatMap(Refusals::refusal);
            if (refusal.isPresent()) {
                suspects.add(one.seq());
                reason = refusal.get();
            } else if (cause.isPresent() && cause.get() instanceof TimeoutException) {
                unanswered.add(one.topic());
            }
        }
        if (!suspects.isEmpty()) {
            return new Rejected(suspects, reason);
        }
        return missingTopic(sent, unanswered)
                .orElseGet(
                        () -> new Unavailable(failure + (failure.getCause() == null ? "" : ": " + failure.getCause())));
    }

    private Optional<PublishOutcome> missingTopic(List<Sent> sent, Set<String> unanswered) {
        if (unanswered.isEmpty()) {
            return Optional.empty();
        }
        Set<String> missing = missingTopics.find(unanswered);
        return sent.stream()
                .filter(one -> missing.contains(one.topic()))
                .findFirst()
                .map(one -> new Rejected(List.of(one.seq()), "topic " + one.topic() + " does not exist: create it"));
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
