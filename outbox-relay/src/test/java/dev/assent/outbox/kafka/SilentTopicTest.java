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
import dev.assent.outbox.spi.Publisher.Trial;
import dev.assent.outbox.testing.Await;
import dev.assent.outbox.testing.Broker;
import dev.assent.outbox.testing.BrokerPair;
import dev.assent.outbox.testing.Owned;
import dev.assent.outbox.testing.Parts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A topic whose leader lives and does not acknowledge, for a follower that it needs is silent: not even the marks that end
 * a transaction. The others of its shard go on.
 */
@ExtendWith(Parts.class)
final class SilentTopicTest {
    private static final ShardLease LEASE = new ShardLease(new ShardId(0), new ShardEpoch(1));

    /** The silence lasts for ever; the broker itself holds up others until it has noticed it. */
    private static final Duration UNDISTURBED = Broker.NOTICED_MAX.plusSeconds(60);

    private final BrokerPair brokers;
    private final String topic = "topic-" + UUID.randomUUID();
    private final String silent = "silent-" + UUID.randomUUID();
    private final KafkaPublisher publishers;
    private final List<ShardPublisher> reopened = new ArrayList<>();

    SilentTopicTest(BrokerPair brokers) throws Exception {
        this.brokers = brokers;
        this.publishers = new KafkaPublisher(new KafkaSettings(
                "relay-" + UUID.randomUUID(),
                Map.of("bootstrap.servers", brokers.bootstrapServers()),
                100_000,
                Optional.empty()));
    }

    @BeforeEach
    void topics() throws Exception {
        brokers.createTopic(topic);
        brokers.createTopicOfBoth(silent);
    }

    @AfterEach
    void recover() throws Exception {
        brokers.recover();
        reopened.forEach(ShardPublisher::close);
        publishers.close();
    }

    private static OutboxRecord record(long seq, String toTopic, String key, String body) {
        EventAttributes event = EventAttributes.json(new UUID(7, seq), "/shop", "OrderPaid");
        return new OutboxRecord(seq, Instant.EPOCH, 0, false, OutboxMessage.of(toTopic, key, event, Body.utf8(body)));
    }

    private static Batch batch(OutboxRecord... records) {
        return new Batch(Arrays.asList(records));
    }

    private OutboxRecord fine() {
        return record(1, topic, "a", "fine");
    }

    private OutboxRecord stuck() {
        return record(2, silent, "b", "stuck");
    }

    private List<String> bodies(String ofTopic) throws Exception {
        return Broker.committed(brokers.bootstrapServers(), ofTopic).stream()
                .map(record -> new String(record.value(), StandardCharsets.UTF_8))
                .toList();
    }

    /**
     * The broker writes the marks of all transactions to a partition's leader one request after the other, so that those
     * of a producer may wait behind marks that the silent topic does not take: it is sent again then, through another producer.
     */
    private ShardPublisher fineArrives(ShardPublisher first, int times) throws Exception {
        long untilNanos = System.nanoTime() + UNDISTURBED.toNanos();
        ShardPublisher publisher = first;
        PublishOutcome outcome = publisher.publish(batch(fine()));
        while (!(outcome instanceof PublishOutcome.Published)) {
            assertThat(System.nanoTime() - untilNanos).as("%s", outcome).isNegative();
            if (!(outcome instanceof PublishOutcome.TopicsClosed)) {
                // As a worker does: from the start.
                publisher.close();
                publisher = openInTheEnd();
            }
            outcome = publisher.publish(batch(fine()));
        }
        Await.until("it is there", () -> bodies(topic).equals(Collections.nCopies(times, "fine")));
        return publisher;
    }

    private void isBlamed(PublishOutcome outcome) {
        assertThat(outcome)
                .isInstanceOfSatisfying(PublishOutcome.TopicsClosed.class, closed -> assertThat(closed.topics())
                        .contains(silent));
    }

    @Test
    void with_its_records_under_way_it_holds_up_the_others_no_longer_than_the_broker_does() throws Exception {
        try (ShardPublisher publisher = Owned.open(publishers, LEASE)) {
            assertThat(publisher.publish(batch(fine(), stuck()))).isEqualTo(new PublishOutcome.Published());
            brokers.silence();
            long begunNanos = System.nanoTime();

            // The broker acknowledges partitions of one request together, so the other topic may be blamed as well.
            PublishOutcome outcome = publisher.publish(batch(fine(), stuck()));
            assertThat(outcome).isNotInstanceOf(PublishOutcome.Published.class);
            ShardPublisher still =
                    fineArrives(outcome instanceof PublishOutcome.TopicsClosed ? publisher : openInTheEnd(), 2);
            assertThat(Duration.ofNanos(System.nanoTime() - begunNanos)).isLessThan(UNDISTURBED.multipliedBy(2));

            // What was left is ended behind, and holds up no reader.
            ShardPublisher unused = fineArrives(still, 3);
        }
    }

    @Test
    void a_batch_that_is_all_for_it_is_no_proof_that_the_broker_is_away() throws Exception {
        try (ShardPublisher publisher = Owned.open(publishers, LEASE)) {
            Await.until("it is open", () -> publisher.topic(silent) instanceof TopicState.Open);
            brokers.silence();

            isBlamed(publisher.publish(batch(stuck())));
            ShardPublisher unused = fineArrives(publisher, 1);
        }
    }

    @Test
    void a_transaction_that_cannot_be_ended_does_not_keep_the_next_owner_from_the_shard() throws Exception {
        try (ShardPublisher publisher = Owned.open(publishers, LEASE)) {
            brokers.silence();
            assertThat(publisher.publish(batch(fine(), stuck()))).isNotInstanceOf(PublishOutcome.Published.class);
        }
        try (ShardPublisher next = openInTheEnd()) {
            ShardPublisher unused = fineArrives(next, 1);
        }
    }

    /** A question may hit the broker that is silent; a worker tries again, too. */
    private ShardPublisher openInTheEnd() throws Exception {
        ShardPublisher opened = Owned.openInTheEnd(publishers, LEASE);
        reopened.add(opened);
        return opened;
    }

    private static Trial ended(ShardPublisher publisher) throws Exception {
        List<Trial> ended = new ArrayList<>();
        Await.until("the trial has ended", () -> {
            publisher.attend();
            ended.addAll(publisher.ended());
            return !ended.isEmpty();
        });
        return ended.get(0);
    }

    private static void tryApart(ShardPublisher publisher, OutboxRecord record) throws Exception {
        Await.until(
                "a producer is open", () -> publisher.mayTry(record.message().topic()));
        assertThat(publisher.tryApart(record.message().topic(), batch(record))).isTrue();
    }

    private boolean isTried(ShardPublisher publisher) throws Exception {
        publisher.attend();
        if (publisher.topic(silent) instanceof TopicState.Doubtful && publisher.mayTry(silent)) {
            assertThat(publisher.tryApart(silent, batch(stuck()))).isTrue();
        }
        return publisher.ended().stream()
                .anyMatch(trial -> trial.equals(new Trial(silent, batch(stuck()), new PublishOutcome.Published())));
    }

    @Test
    void it_is_tried_apart_from_the_others_until_it_is_well() throws Exception {
        try (ShardPublisher publisher = Owned.open(publishers, LEASE)) {
            Await.until("it is open", () -> publisher.topic(silent) instanceof TopicState.Open);
            brokers.silence();
            tryApart(publisher, stuck());
            ShardPublisher unused = fineArrives(publisher, 1);
            isBlamed(ended(publisher).outcome());
            assertThat(publisher.topic(silent)).isNotInstanceOf(TopicState.Open.class);

            brokers.recover();
            Await.until("it is worth a try", () -> publisher.topic(silent) instanceof TopicState.Doubtful);
            assertThat(publisher.screen(stuck())).isInstanceOf(Screening.Result.TopicClosed.class);
            // The follower may fall behind once more while it comes back.
            Await.until("a trial succeeds", UNDISTURBED, () -> isTried(publisher));
            Await.until("it is open", UNDISTURBED, () -> publisher.topic(silent) instanceof TopicState.Open);
        }
        Await.until("it is there", () -> bodies(silent).contains("stuck"));
    }

    @Test
    void it_is_not_tried_again_while_the_producer_that_it_cost_is_lost_so_that_others_are() throws Exception {
        try (ShardPublisher publisher = Owned.open(publishers, LEASE)) {
            Await.until("it is open", () -> publisher.topic(silent) instanceof TopicState.Open);
            brokers.silence();
            tryApart(publisher, stuck());
            isBlamed(ended(publisher).outcome());

            Await.until("another producer is open", () -> publisher.mayTry(topic));
            assertThat(publisher.mayTry(silent)).isFalse();
            tryApart(publisher, fine());
            assertThat(ended(publisher).outcome()).isEqualTo(new PublishOutcome.Published());

            brokers.recover();
            Await.until("it is tried, and well", Duration.ofMinutes(3), () -> isTried(publisher));
        }
    }

    /** Tried by themselves they would cost a producer each, and many of them all producers but one. */
    @Test
    void topics_that_break_together_cost_one_producer_and_the_others_keep_the_rest() throws Exception {
        String silentToo = "silent-" + UUID.randomUUID();
        brokers.createTopicOfBoth(silentToo);
        OutboxRecord stuckToo = record(3, silentToo, "c", "stuck too");
        try (ShardPublisher publisher = Owned.open(publishers, LEASE)) {
            assertThat(publisher.publish(batch(fine(), stuck(), stuckToo))).isEqualTo(new PublishOutcome.Published());
            Await.until(
                    "it is marked",
                    () -> !bodies(silent).isEmpty() && !bodies(silentToo).isEmpty());
            Await.until(
                    "they are open",
                    () -> publisher.topic(silent) instanceof TopicState.Open
                            && publisher.topic(silentToo) instanceof TopicState.Open);
            brokers.silence();
            assertThat(publisher.publish(batch(stuck(), stuckToo))).isInstanceOf(PublishOutcome.TopicsClosed.class);

            Await.until(
                    "there are producers, but none for them",
                    () -> publisher.mayTry(topic) && !publisher.mayTry(silent) && !publisher.mayTry(silentToo));
            tryApart(publisher, fine());
            assertThat(ended(publisher).outcome()).isEqualTo(new PublishOutcome.Published());

            brokers.recover();
            Await.until(
                    "both may be tried", UNDISTURBED, () -> publisher.mayTry(silent) && publisher.mayTry(silentToo));
        }
    }

    @Test
    void a_newer_publisher_of_the_shard_fences_what_the_older_tries_apart() throws Exception {
        try (ShardPublisher older = Owned.open(publishers, LEASE)) {
            Await.until("a producer is open", () -> older.mayTry(topic));
            try (ShardPublisher newer = Owned.open(publishers, LEASE)) {
                assertThat(older.tryApart(topic, batch(record(1, topic, "a", "older"))))
                        .isTrue();
                assertThat(ended(older).outcome()).isInstanceOf(PublishOutcome.Fenced.class);
                fineArrives(newer, 1);
            }
        }
    }
}
