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
import dev.assent.outbox.spi.OutboxStore.Ownership;
import dev.assent.outbox.spi.OwnershipCheck;
import dev.assent.outbox.spi.Publisher.ShardPublisher;
import dev.assent.outbox.spi.Publisher.Trial;
import dev.assent.time.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the batches of one shard, each in one Kafka transaction; those of doubtful topics beside the others. Used by
 * one thread.
 */
final class KafkaShardPublisher implements ShardPublisher {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaShardPublisher.class);

    private final ShardProducers producers;
    private final KafkaSettings settings;
    private final TopicDirectory topics;
    private final OwnershipQuestions questions;
    private final Queue<Trial> ended = new ConcurrentLinkedQueue<>();

    KafkaShardPublisher(
            ShardProducers producers, KafkaSettings settings, TopicDirectory topics, OwnershipCheck ownership) {
        this.questions = new OwnershipQuestions(ownership);
        this.producers = producers;
        this.settings = settings;
        this.topics = topics;
        // So that it is known by the time it is needed.
        settings.deadLetterTopic().ifPresent(topics::stateOf);
    }

    @Override
    public TopicState topic(String topic) {
        return topics.stateOf(topic);
    }

    @Override
    public Result screen(OutboxRecord record) {
        Optional<String> tooLarge = tooLarge(record);
        if (tooLarge.isPresent()) {
            return new Result.Unfit(tooLarge.get());
        }
        return topics.stateOf(record.message().topic()).accept(new TopicState.Handler<>() {
            @Override
            public Result open(TopicState.Open state) {
                return new Result.Fit();
            }

            @Override
            public Result unknown(TopicState.Unknown state) {
                return new Result.TopicUnknown();
            }

            @Override
            public Result closed(TopicState.Closed state) {
                return new Result.TopicClosed(state.reason());
            }

            @Override
            public Result doubtful(TopicState.Doubtful state) {
                return new Result.TopicClosed(state.reason());
            }
        });
    }

    /** The relay's own limit counts what goes with a record; the topic's is surely passed only by its contents. */
    private Optional<String> tooLarge(OutboxRecord record) {
        int sizeBytes = KafkaRecords.sizeBytes(record);
        if (sizeBytes > settings.recordBytesMax()) {
            return Optional.of("RecordTooLarge: about " + sizeBytes + " bytes, and record.size is "
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
        PublishOutcome outcome = together(batch.seqs(), records(batch));
        if (outcome instanceof Published) {
            areWell(topicsOf(batch));
        }
        return outcome;
    }

    private void areWell(SortedSet<String> acknowledging) {
        topics.published(acknowledging);
        producers.areWell(acknowledging);
    }

    private static List<ProducerRecord<byte[], byte[]>> records(Batch batch) {
        return batch.records().stream().map(KafkaRecords::of).toList();
    }

    private static SortedSet<String> topicsOf(Batch batch) {
        SortedSet<String> topics = new TreeSet<>();
        batch.records().forEach(record -> topics.add(record.message().topic()));
        return topics;
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
        if (!producers.mayCost(topic)) {
            return new TopicsClosed(new TreeSet<>(Set.of(topic)), "a transaction with it has not come to its end");
        }
        byte[] body = refused.message().body().toByteArray();
        boolean isTooLarge = tooLarge(refused).isPresent();
        return together(
                List.of(refused.seq()),
                List.of(KafkaRecords.deadLetter(
                        topic,
                        refused,
                        isTooLarge ? new byte[0] : body,
                        failures,
                        isTooLarge ? reason + " (body left out)" : reason)));
    }

    /** Through the shard's own producer: a topic that does not answer there holds up the others no longer than the patience. */
    private PublishOutcome together(List<Long> seqs, List<ProducerRecord<byte[], byte[]>> records) {
        PublishOutcome outcome = producers.main().publish(seqs, records, new WithOthers(), questions::ask);
        return outcome.accept(new PublishOutcome.Handler<>() {
            @Override
            public PublishOutcome published(Published published) {
                return published;
            }

            @Override
            public PublishOutcome rejected(Rejected rejected) {
                return onAnOpenProducer(rejected);
            }

            @Override
            public PublishOutcome topicsClosed(TopicsClosed closed) {
                topics.blame(closed.topics(), closed.reason());
                return onAnOpenProducer(closed);
            }

            @Override
            public PublishOutcome unavailable(Unavailable unavailable) {
                return unavailable;
            }

            @Override
            public PublishOutcome fenced(Fenced fenced) {
                return fenced;
            }
        });
    }

    private PublishOutcome onAnOpenProducer(PublishOutcome outcome) {
        if (producers.main().isOpen()) {
            return outcome;
        }
        try {
            producers.replaceMain();
            return outcome;
        } catch (IOException e) {
            return new Unavailable(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Records of other topics wait for these. Who does not answer in time is to blame if others did. If nobody did, it may
     * be the broker, which is asked; if it answers, all are to blame, for it acknowledges partitions of one request
     * together: each is then tried by itself, and shows what it is.
     */
    private final class WithOthers implements TransactionalProducer.Patience {
        private static final Duration STEP = Duration.ofMillis(50);

        private final long untilNanos = Clock.SYSTEM.nanos() + KafkaSettings.DELIVERY_MAX.toNanos();
        private long askedSinceNanos = Clock.SYSTEM.nanos();
        private boolean isAnyAcknowledged;

        @Override
        public boolean await(Sent sent) throws InterruptedException {
            boolean isAnswered = sent.await(KafkaSettings.PATIENCE.toNanos());
            isAnyAcknowledged = sent.isAnyAcknowledged();
            if (isAnswered || isAnyAcknowledged) {
                return isAnswered;
            }
            askedSinceNanos = Clock.SYSTEM.nanos();
            topics.askSoon(sent.topics());
            while (!isAnswered && !isBrokerThere() && Clock.SYSTEM.nanos() - untilNanos < 0) {
                isAnswered = sent.await(STEP.toNanos());
                isAnyAcknowledged = sent.isAnyAcknowledged();
            }
            return isAnswered;
        }

        @Override
        public boolean isBrokerThere() {
            return isAnyAcknowledged || topics.hasAnsweredSince(askedSinceNanos);
        }
    }

    @Override
    public boolean mayTry(String topic) {
        return producers.mayCost(topic) && producers.isAnyReady();
    }

    @Override
    public boolean tryApart(String topic, Batch batch) {
        return producers.beside(producer -> {
            PublishOutcome outcome = apart(producer, topic, batch);
            producers.noteIfLost(producer);
            ended.add(new Trial(topic, batch, outcome));
        });
    }

    /** On a thread of the producer's. */
    private PublishOutcome apart(TransactionalProducer producer, String topic, Batch batch) {
        Alone alone = new Alone();
        PublishOutcome outcome;
        try {
            outcome = producer.publish(batch.seqs(), records(batch), alone, questions::handOver);
        } catch (RuntimeException e) {
            // Whatever it was, the records must go on being looked after.
            LOG.error("the records that were tried for topic {} failed in a way that they must not", topic, e);
            producer.close();
            outcome = new Unavailable(e.toString());
        }
        return judged(topic, outcome, alone.acknowledgedAfter());
    }

    /** Nobody else waits. */
    private static final class Alone implements TransactionalProducer.Patience {
        private final long begunNanos = Clock.SYSTEM.nanos();
        private Optional<Duration> acknowledgedAfter = Optional.empty();

        @Override
        public boolean await(Sent sent) throws InterruptedException {
            boolean isAnswered = sent.await(KafkaSettings.DELIVERY_MAX.toNanos());
            if (isAnswered && sent.firstFailure().isEmpty()) {
                acknowledgedAfter = Optional.of(Duration.ofNanos(Clock.SYSTEM.nanos() - begunNanos));
            }
            return isAnswered;
        }

        /** Empty if a record was not. */
        Optional<Duration> acknowledgedAfter() {
            return acknowledgedAfter;
        }

        @Override
        public boolean isBrokerThere() {
            return true;
        }
    }

    /**
     * What a trial says about its topic: one that is slow stays apart from the others, but need not pause. One that has
     * acknowledged its records is not to blame for what became of the commit.
     */
    private PublishOutcome judged(String topic, PublishOutcome outcome, Optional<Duration> acknowledgedAfter) {
        SortedSet<String> one = new TreeSet<>(Set.of(topic));
        if (acknowledgedAfter.isPresent()) {
            if (acknowledgedAfter.get().compareTo(KafkaSettings.PATIENCE) <= 0) {
                areWell(one);
            }
            return outcome;
        }
        return outcome.accept(new PublishOutcome.Handler<>() {
            @Override
            public PublishOutcome published(Published published) {
                return published;
            }

            @Override
            public PublishOutcome rejected(Rejected rejected) {
                topics.published(one);
                return rejected;
            }

            @Override
            public PublishOutcome topicsClosed(TopicsClosed closed) {
                topics.blame(one, closed.reason());
                return closed;
            }

            @Override
            public PublishOutcome unavailable(Unavailable unavailable) {
                topics.blame(one, unavailable.reason());
                return unavailable;
            }

            @Override
            public PublishOutcome fenced(Fenced fenced) {
                topics.blame(one, fenced.reason());
                return fenced;
            }
        });
    }

    @Override
    public void attend() throws IOException {
        Set<TransactionalProducer> fenced = producers.fenced();
        if (fenced.isEmpty()) {
            questions.answer();
        } else if (questions.ask() == Ownership.KEPT) {
            producers.goOnWith(fenced);
        }
    }

    @Override
    public List<Trial> ended() {
        List<Trial> all = new ArrayList<>();
        for (Trial one = ended.poll(); one != null; one = ended.poll()) {
            all.add(one);
        }
        return all;
    }

    @Override
    public void close() {
        producers.close();
    }
}
