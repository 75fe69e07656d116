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
import dev.assent.outbox.spi.OutboxStore.Ownership;
import dev.assent.outbox.spi.OwnershipCheck;
import dev.assent.outbox.spi.Publisher.ShardPublisher;
import dev.assent.outbox.testing.Await;
import dev.assent.outbox.testing.Broker;
import dev.assent.outbox.testing.BrokerPair;
import dev.assent.outbox.testing.Owned;
import dev.assent.outbox.testing.Parts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * An owner that was stopped right after a read, while the marks of its last commit hang. The broker cannot fence it then:
 * it takes no word about the transactional id before the marks are written.
 */
@ExtendWith(Parts.class)
final class StoppedOwnerTest {
    private static final ShardId SHARD = new ShardId(0);
    private static final Duration LONG = Duration.ofMinutes(3);

    private final BrokerPair brokers;
    private final String topic = "topic-" + UUID.randomUUID();
    private final String marked = "marked-" + UUID.randomUUID();
    private final KafkaPublisher publishers;
    /** What the database says. */
    private final AtomicLong epoch = new AtomicLong();

    StoppedOwnerTest(BrokerPair brokers) throws Exception {
        this.brokers = brokers;
        this.publishers =
                new KafkaPublisher(KafkaSettings.of("relay-" + UUID.randomUUID(), brokers.bootstrapServers()));
        brokers.createTopic(topic);
        brokers.createTopicOfBoth(marked);
    }

    @AfterEach
    void recover() throws Exception {
        brokers.recover();
        publishers.close();
    }

    private static OutboxRecord record(long seq, String toTopic, String body) {
        EventAttributes event = EventAttributes.json(new UUID(7, seq), "/shop", "OrderPaid");
        return new OutboxRecord(seq, Instant.EPOCH, 0, false, OutboxMessage.of(toTopic, "a", event, Body.utf8(body)));
    }

    private static Batch batch(OutboxRecord... records) {
        return new Batch(List.of(records));
    }

    private OwnershipCheck owner(long one) {
        return () -> epoch.get() == one ? Ownership.KEPT : Ownership.LOST;
    }

    /** As a worker does: it claims, and then opens. */
    private ShardPublisher takenOver(long by, OwnershipCheck ownership) throws Exception {
        epoch.set(by);
        return Owned.openInTheEnd(publishers, new ShardLease(SHARD, new ShardEpoch(by)), ownership);
    }

    private void silence() throws IOException {
        try {
            brokers.silence();
        } catch (Exception e) {
            throw new IOException("a broker is not frozen", e);
        }
    }

    private List<String> bodies() throws Exception {
        return Broker.committed(brokers.bootstrapServers(), topic).stream()
                .map(record -> new String(record.value(), StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void it_publishes_nothing_more_when_the_marks_are_written_and_it_goes_on_before_it_is_fenced() throws Exception {
        AtomicBoolean isToHang = new AtomicBoolean(true);
        OwnershipCheck hanging = () -> {
            if (isToHang.getAndSet(false)) {
                silence();
            }
            return owner(1).check();
        };
        try (ShardPublisher older = takenOver(1, hanging)) {
            assertThat(older.publish(batch(record(1, topic, "first"), record(2, marked, "marked"))))
                    .isEqualTo(new PublishOutcome.Published());
            Batch read = batch(record(3, topic, "second"));

            try (ShardPublisher newer = takenOver(2, owner(2))) {
                Await.until("what the older one has read is published", LONG, () -> newer.publish(read)
                        .equals(new PublishOutcome.Published()));
            }
            brokers.recover();
            Await.until("the older one hears of it", LONG, () -> older.publish(read) instanceof PublishOutcome.Fenced);
        }
        Await.until("all is there", () -> bodies().containsAll(List.of("first", "second")));
        assertThat(bodies()).containsExactly("first", "second");
    }

    @Test
    void what_is_acknowledged_is_not_committed_while_the_database_does_not_say_whose_the_shard_is() throws Exception {
        AtomicBoolean isAway = new AtomicBoolean(true);
        OwnershipCheck silent = () -> {
            if (isAway.get()) {
                throw new IOException("no answer");
            }
            return Ownership.KEPT;
        };
        try (ShardPublisher publisher = takenOver(1, silent)) {
            assertThat(publisher.publish(batch(record(1, topic, "early"))))
                    .isInstanceOf(PublishOutcome.Unavailable.class);
        }
        isAway.set(false);
        try (ShardPublisher publisher = takenOver(1, silent)) {
            assertThat(publisher.publish(batch(record(2, topic, "late")))).isEqualTo(new PublishOutcome.Published());
        }
        Await.until("it is there", () -> bodies().contains("late"));
        assertThat(bodies()).containsExactly("late");
    }
}
