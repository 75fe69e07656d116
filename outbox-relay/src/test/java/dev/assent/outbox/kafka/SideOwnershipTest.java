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
import dev.assent.outbox.spi.OutboxStore.Ownership;
import dev.assent.outbox.spi.OwnershipCheck;
import dev.assent.outbox.spi.Publisher.ShardPublisher;
import dev.assent.outbox.spi.Publisher.Trial;
import dev.assent.outbox.testing.Await;
import dev.assent.outbox.testing.Broker;
import dev.assent.outbox.testing.Parts;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is tried beside the shard's own thread asks whose the shard is through that thread, and through nothing else. */
@ExtendWith(Parts.class)
final class SideOwnershipTest {
    private static final ShardLease LEASE = new ShardLease(new ShardId(0), new ShardEpoch(1));
    private static final Duration LONG = Duration.ofMinutes(3);

    private final String topic = "topic-" + UUID.randomUUID();
    private final KafkaSettings settings;
    private final KafkaPublisher publishers;
    private final Set<Thread> asking = ConcurrentHashMap.newKeySet();

    SideOwnershipTest(Broker broker) throws Exception {
        broker.createTopic(topic, 1, Map.of());
        settings = KafkaSettings.of("relay-" + UUID.randomUUID(), broker.bootstrapServers());
        publishers = new KafkaPublisher(settings);
    }

    @AfterEach
    void close() {
        publishers.close();
    }

    private ShardPublisher open(OwnershipCheck ownership) throws IOException {
        return publishers.open(LEASE, () -> {
            asking.add(Thread.currentThread());
            return ownership.check();
        });
    }

    /** Its topic is open, and a record of it is under way through a side producer. */
    private void tryApart(ShardPublisher publisher) throws Exception {
        Await.until("it is open", () -> publisher.topic(topic) instanceof TopicState.Open);
        Await.until("a producer is open", () -> publisher.mayTry(topic));
        assertThat(publisher.tryApart(topic, batch())).isTrue();
    }

    private Batch batch() {
        EventAttributes event = EventAttributes.json(UUID.randomUUID(), "/shop", "OrderPaid");
        OutboxMessage message = OutboxMessage.of(topic, "a", event, Body.utf8("tried"));
        return new Batch(List.of(new OutboxRecord(1, Instant.EPOCH, 0, false, message)));
    }

    private static Optional<IOException> attend(ShardPublisher publisher) {
        try {
            publisher.attend();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e);
        }
    }

    private static Trial ended(ShardPublisher publisher) throws Exception {
        List<Trial> ended = new ArrayList<>();
        Await.until("the trial has ended", LONG, () -> {
            ended.addAll(publisher.ended());
            return !ended.isEmpty();
        });
        return ended.get(0);
    }

    @Test
    void a_trial_is_committed_when_the_shards_own_thread_has_asked() throws Exception {
        try (ShardPublisher publisher = open(() -> Ownership.KEPT)) {
            tryApart(publisher);
            Await.until("it has asked", () -> attend(publisher).isEmpty() && !asking.isEmpty());

            assertThat(ended(publisher).outcome()).isEqualTo(new PublishOutcome.Published());
            assertThat(asking).containsExactly(Thread.currentThread());
        }
    }

    @Test
    void a_database_that_does_not_answer_is_no_fault_of_the_topic() throws Exception {
        OwnershipCheck away = () -> {
            throw new IOException("no connection");
        };
        try (ShardPublisher publisher = open(away)) {
            tryApart(publisher);
            Await.until("it is told", () -> attend(publisher).isPresent());

            assertThat(ended(publisher).outcome())
                    .isInstanceOfSatisfying(PublishOutcome.Unavailable.class, outcome -> assertThat(outcome.reason())
                            .contains("no connection"));
            assertThat(publisher.topic(topic)).isInstanceOf(TopicState.Open.class);
        }
    }

    @Test
    void a_fenced_producer_is_not_opened_again_before_the_shards_own_thread_has_asked() throws Exception {
        AtomicBoolean isOlders = new AtomicBoolean();
        try (ShardPublisher older = open(() -> isOlders.get() ? Ownership.KEPT : Ownership.LOST);
                ShardPublisher newer = opened(older)) {
            assertThat(older.tryApart(topic, batch())).isTrue();
            assertThat(ended(older).outcome()).isInstanceOf(PublishOutcome.Fenced.class);
            // Whatever is done about it behind has been done: opened again, it would refuse the newer one.
            Await.until("the threads beside the shard are idle", this::isIdleBehind);
            assertThat(asking).isEmpty();
            older.attend();
            assertThat(asking).containsExactly(Thread.currentThread());
            Await.until("the threads beside the shard are idle", this::isIdleBehind);

            assertThat(newer.tryApart(topic, batch())).isTrue();
            List<Trial> newers = new ArrayList<>();
            Await.until("it is through", LONG, () -> {
                newer.attend();
                newers.addAll(newer.ended());
                return !newers.isEmpty();
            });
            assertThat(newers.get(0).outcome()).isEqualTo(new PublishOutcome.Published());
            assertThat(older.mayTry(topic)).isFalse();

            isOlders.set(true);
            older.attend();
            Await.until("the producer is open again", () -> older.mayTry(topic));
        }
    }

    private boolean isIdleBehind() {
        String beside = "outbox-" + settings.relay() + "-shard-0-side-";
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(one -> one.getKey().getName().startsWith(beside))
                .allMatch(one -> Stream.of(one.getValue())
                        .anyMatch(frame -> frame.getMethodName().equals("getTask")));
    }

    /** The side producer of {@code older} is open, and then taken by another. */
    private ShardPublisher opened(ShardPublisher older) throws Exception {
        Await.until("a producer is open", () -> older.mayTry(topic));
        ShardPublisher newer = open(() -> Ownership.KEPT);
        Await.until("the same producer is open", () -> newer.mayTry(topic));
        return newer;
    }

    @Test
    void a_transaction_that_took_too_long_is_no_sign_of_a_rival_even_where_there_is_one() throws Exception {
        ShardLease contested = new ShardLease(new ShardId(1), new ShardEpoch(1));
        List<ShardPublisher> rivals = new ArrayList<>();
        OwnershipCheck slow = () -> {
            awaitAborted(LEASE);
            return Ownership.KEPT;
        };
        OwnershipCheck slowAndContested = () -> {
            awaitAborted(contested);
            rivals.add(publishers.open(contested, () -> Ownership.KEPT));
            return Ownership.KEPT;
        };
        try (ShardPublisher publisher = open(slow);
                ShardPublisher fenced = publishers.open(contested, slowAndContested)) {
            Await.until("it is open", () -> publisher.topic(topic) instanceof TopicState.Open);
            CompletableFuture<PublishOutcome> other = CompletableFuture.supplyAsync(() -> fenced.publish(batch()));

            assertThat(List.of(publisher.publish(batch()), other.get(LONG.toSeconds(), TimeUnit.SECONDS)))
                    .allSatisfy(outcome -> assertThat(outcome)
                            .isInstanceOfSatisfying(PublishOutcome.Unavailable.class, late -> assertThat(late.reason())
                                    .contains("the transaction took longer than " + KafkaSettings.TRANSACTION_MAX)));
            assertThat(rivals).hasSize(1);
        } finally {
            for (ShardPublisher rival : rivals) {
                rival.close();
            }
        }
    }

    /** Returns when the broker has ended the transaction of the shard for its age. */
    private void awaitAborted(ShardLease lease) throws IOException {
        String id = settings.relay() + "-shard-" + lease.shard();
        try (Admin admin = Admin.create(settings.admin("test"))) {
            Await.until(
                    "the broker has ended it",
                    LONG,
                    () -> admin.describeTransactions(Set.of(id))
                                    .description(id)
                                    .get()
                                    .state()
                            == TransactionState.COMPLETE_ABORT);
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    @Test
    void a_trial_that_nobody_asks_for_gives_its_producer_back() throws Exception {
        try (ShardPublisher publisher = open(() -> Ownership.KEPT)) {
            tryApart(publisher);

            assertThat(ended(publisher).outcome()).isInstanceOf(PublishOutcome.Unavailable.class);
            assertThat(asking).isEmpty();
            assertThat(publisher.topic(topic)).isInstanceOf(TopicState.Open.class);
            Await.until("a producer is open", LONG, () -> publisher.mayTry(topic));
        }
    }
}
