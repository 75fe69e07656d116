package dev.assent.outbox.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.outbox.model.Batch;
import dev.assent.outbox.model.Body;
import dev.assent.outbox.model.EventAttributes;
import dev.assent.outbox.model.OutboxMessage;
import dev.assent.outbox.model.OutboxRecord;
import dev.assent.outbox.model.PublishOutcome;
import dev.assent.outbox.model.ShardEpoch;
import dev.assent.outbox.model.ShardId;
import dev.assent.outbox.model.ShardLease;
import dev.assent.outbox.model.TopicState;
import dev.assent.outbox.policy.Screening;
import dev.assent.outbox.spi.Publisher.ShardPublisher;
import dev.assent.outbox.testing.Await;
import dev.assent.outbox.testing.Broker;
import dev.assent.outbox.testing.Owned;
import dev.assent.outbox.testing.Parts;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Parts.class)
final class KafkaShardPublisherTest {
    private static final ShardLease LEASE = new ShardLease(new ShardId(0), new ShardEpoch(1));
    private static final Instant CREATED = Instant.parse("2026-01-02T03:04:05.678901Z");

    private final Broker broker;
    private final String relay = "relay-" + UUID.randomUUID();
    private final String topic = "topic-" + UUID.randomUUID();
    private final String small = "small-" + UUID.randomUUID();

    KafkaShardPublisherTest(Broker broker) {
        this.broker = broker;
    }

    @BeforeEach
    void topics() throws Exception {
        broker.createTopic(topic, 2, Map.of());
        broker.createTopic(small, 1, Map.of("max.message.bytes", "2000"));
    }

    private ShardPublisher open() throws Exception {
        return open(Optional.empty());
    }

    private ShardPublisher open(Optional<String> deadLetterTopic) throws Exception {
        return Owned.open(new KafkaPublisher(settings(deadLetterTopic)), LEASE);
    }

    private KafkaSettings settings(Optional<String> deadLetterTopic) {
        return new KafkaSettings(
                relay, Map.of("bootstrap.servers", broker.bootstrapServers()), 100_000, deadLetterTopic);
    }

    private static OutboxRecord record(long seq, String toTopic, String key, String body) {
        EventAttributes event = EventAttributes.json(new UUID(7, seq), "/shop", "OrderPaid")
                .withSubject("order 7")
                .withTraceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        OutboxMessage message =
                OutboxMessage.of(toTopic, key, event, Body.utf8(body)).withHeader("tenant", "blue");
        return new OutboxRecord(seq, CREATED, 0, false, message);
    }

    private static Map<String, String> headers(ConsumerRecord<byte[], byte[]> record) {
        Map<String, String> headers = new TreeMap<>();
        record.headers().forEach(one -> headers.put(one.key(), new String(one.value(), StandardCharsets.UTF_8)));
        return headers;
    }

    @Test
    void a_record_is_a_cloud_event_in_binary_mode() throws Exception {
        try (ShardPublisher publisher = open()) {
            assertThat(publisher.publish(new Batch(List.of(record(42, topic, "order-7", "{}")))))
                    .isEqualTo(new PublishOutcome.Published());
        }

        assertThat(broker.committed(topic)).singleElement().satisfies(record -> {
            assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo("order-7");
            assertThat(headers(record))
                    .containsEntry("ce_specversion", "1.0")
                    .containsEntry("ce_id", new UUID(7, 42).toString())
                    .containsEntry("ce_source", "/shop")
                    .containsEntry("ce_type", "OrderPaid")
                    .containsEntry("ce_subject", "order 7")
                    .containsEntry("ce_time", "2026-01-02T03:04:05.678901Z")
                    .containsEntry("ce_sequence", "00000000000000000042")
                    .containsEntry("content-type", "application/json")
                    .containsEntry("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                    .containsEntry("tenant", "blue");
        });
    }

    @Test
    void a_newer_publisher_of_the_shard_fences_the_older() throws Exception {
        try (ShardPublisher older = open();
                ShardPublisher newer = open()) {
            assertThat(newer.publish(new Batch(List.of(record(1, topic, "a", "newer")))))
                    .isEqualTo(new PublishOutcome.Published());

            assertThat(older.publish(new Batch(List.of(record(1, topic, "a", "older")))))
                    .isInstanceOf(PublishOutcome.Fenced.class);
        }
        assertThat(broker.bodies(topic)).containsExactly("newer");
    }

    private static Class<?> result(ShardPublisher publisher, OutboxRecord record) {
        return publisher.screen(record).getClass();
    }

    @Test
    void a_record_above_the_relays_limit_or_its_topics_is_unfit_before_it_is_sent() throws Exception {
        OutboxRecord fine = record(1, topic, "a", "fine");
        OutboxRecord aboveTheTopics = record(2, small, "b", "x".repeat(5_000));
        try (KafkaPublisher publishers = new KafkaPublisher(settings(Optional.empty()));
                ShardPublisher publisher = Owned.open(publishers, LEASE)) {
            Await.until("the topics are known", () -> result(publisher, fine) == Screening.Result.Fit.class);

            assertThat(publisher.screen(record(3, topic, "c", "x".repeat(100_000))))
                    .isInstanceOfSatisfying(Screening.Result.Unfit.class, unfit -> assertThat(unfit.reason())
                            .contains("RecordTooLarge", "record.size is 100000"));
            Await.until(
                    "the limit is known",
                    () -> publisher.screen(aboveTheTopics) instanceof Screening.Result.Unfit unfit
                            && unfit.reason().contains("max.message.bytes of topic " + small + " is 2000"));
        }
    }

    @Test
    void what_the_broker_refuses_aborts_the_batch_and_is_named() throws Exception {
        try (ShardPublisher publisher = open()) {
            PublishOutcome outcome = publisher.publish(
                    new Batch(List.of(record(1, topic, "a", "fine"), record(2, small, "b", "x".repeat(5_000)))));

            assertThat(outcome).isInstanceOfSatisfying(PublishOutcome.Rejected.class, rejected -> {
                assertThat(rejected.suspects()).containsExactly(2L);
                assertThat(rejected.reason()).contains("RecordTooLarge");
            });
            assertThat(broker.committed(topic)).isEmpty();
            assertThat(publisher.publish(new Batch(List.of(record(1, topic, "a", "fine")))))
                    .isEqualTo(new PublishOutcome.Published());
        }
        assertThat(broker.bodies(topic)).containsExactly("fine");
    }

    @Test
    void a_topic_that_does_not_exist_is_closed_until_it_appears_and_nobody_waits_for_the_answer() throws Exception {
        String missing = "missing-" + UUID.randomUUID();
        OutboxRecord early = record(1, missing, "a", "early");
        try (KafkaPublisher publishers = new KafkaPublisher(settings(Optional.empty()));
                ShardPublisher publisher = Owned.open(publishers, LEASE)) {
            assertThat(publisher.screen(early)).isEqualTo(new Screening.Result.TopicUnknown());
            Await.until("it is known to be missing", () -> publisher
                    .screen(early)
                    .equals(new Screening.Result.TopicClosed("topic " + missing + " does not exist: create it")));

            broker.createTopic(missing, 1, Map.of());
            Await.until("it is known to be there", () -> result(publisher, early) == Screening.Result.Fit.class);

            assertThat(publisher.publish(new Batch(List.of(early)))).isEqualTo(new PublishOutcome.Published());
        }
    }

    @Test
    void a_topic_that_may_not_be_written_to_is_closed_until_it_may() throws Exception {
        OutboxRecord record = record(1, topic, "a", "fine");
        OutboxRecord beside = record(2, small, "b", "fine");
        try (KafkaPublisher publishers = new KafkaPublisher(settings(Optional.empty()));
                ShardPublisher publisher = Owned.open(publishers, LEASE)) {
            Await.until("it is open", () -> result(publisher, record) == Screening.Result.Fit.class);
            Await.until("the other is too", () -> result(publisher, beside) == Screening.Result.Fit.class);

            broker.forbidWriting(topic);
            assertThat(publisher.publish(new Batch(List.of(record, beside))))
                    .isInstanceOfSatisfying(PublishOutcome.TopicsClosed.class, closed -> assertThat(closed.topics())
                            .containsExactly(topic));
            Await.until("it is known to be closed", () -> publisher
                    .screen(record)
                    .equals(new Screening.Result.TopicClosed(
                            "topic " + topic + " may not be written to by this relay: allow its user WRITE")));
            assertThat(publisher.publish(new Batch(List.of(record(2, small, "b", "fine")))))
                    .isEqualTo(new PublishOutcome.Published());

            broker.allowWriting(topic);
            Await.until("it is worth a try", () -> publisher.topic(topic) instanceof TopicState.Doubtful);
            assertThat(result(publisher, record)).isEqualTo(Screening.Result.TopicClosed.class);
            Await.until("a producer is open", () -> publisher.mayTry(topic));
            assertThat(publisher.tryApart(topic, new Batch(List.of(record)))).isTrue();
            Await.until("it is open again", () -> {
                publisher.attend();
                return result(publisher, record) == Screening.Result.Fit.class;
            });
            assertThat(publisher.ended()).singleElement().satisfies(trial -> assertThat(trial.outcome())
                    .isEqualTo(new PublishOutcome.Published()));
            assertThat(publisher.publish(new Batch(List.of(record)))).isEqualTo(new PublishOutcome.Published());
        }
    }

    @Test
    void a_dead_letter_says_why_and_leaves_out_a_body_that_does_not_fit() throws Exception {
        String dead = "dead-" + UUID.randomUUID();
        broker.createTopic(dead, 1, Map.of());
        try (ShardPublisher publisher = open(Optional.of(dead))) {
            publisher.announceDeadLetter(record(1, topic, "a", "body"), 3, "refused");
            publisher.announceDeadLetter(record(2, topic, "a", "x".repeat(100_000)), 3, "too large");
        }

        List<ConsumerRecord<byte[], byte[]>> letters = broker.committed(dead);
        assertThat(letters).hasSize(2);
        assertThat(headers(letters.get(0)))
                .containsEntry("assent_deadletter_reason", "refused")
                .containsEntry("assent_deadletter_topic", topic)
                .containsEntry("assent_deadletter_failures", "3");
        assertThat(letters.get(0).value()).asString().isEqualTo("body");
        assertThat(letters.get(1).value()).isEmpty();
        assertThat(headers(letters.get(1))).containsEntry("assent_deadletter_reason", "too large (body left out)");
    }
}
