package dev.assent.outbox.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.outbox.jdbc.Ddl;
import dev.assent.outbox.testing.Await;
import dev.assent.outbox.testing.Broker;
import dev.assent.outbox.testing.Parts;
import dev.assent.outbox.testing.Postgres;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Parts.class)
final class ConsumerLoopTest {
    private final Broker broker;
    private final String topic = "topic-" + UUID.randomUUID();
    private final String dead = topic + ".dead";
    private final String group = "group-" + UUID.randomUUID();
    private final List<ConsumerLoop> loops = new ArrayList<>();
    private final List<String> handled = new CopyOnWriteArrayList<>();

    ConsumerLoopTest(Broker broker) {
        this.broker = broker;
    }

    @BeforeEach
    void topics() throws Exception {
        broker.createTopic(topic, 2, Map.of());
        broker.createTopic(dead, 1, Map.of());
    }

    @AfterEach
    void close() throws Exception {
        for (ConsumerLoop loop : loops) {
            loop.close();
        }
    }

    private ConsumerLoop start(int attempts, Effect effect) {
        ConsumerSettings settings = new ConsumerSettings(
                group,
                List.of(topic),
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ConsumerSettings.Retry(Duration.ofMillis(10), Duration.ofMillis(50), attempts),
                Optional.of(dead));
        ConsumerLoop loop = new ConsumerLoop(settings, effect);
        loops.add(loop);
        loop.start();
        return loop;
    }

    private Effect.Handling note(ConsumedEvent event) {
        handled.add(event.body().toUtf8());
        return Effect.Handling.DONE;
    }

    private void send(int partition, String... bodies) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrapServers());
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (String body : bodies) {
                producer.send(new ProducerRecord<>(
                                topic, partition, new byte[] {1}, body.getBytes(StandardCharsets.UTF_8)))
                        .get();
            }
        }
    }

    @Test
    void events_are_handled_in_order_and_acknowledged_after_their_effect() throws Exception {
        send(0, "1", "2", "3");
        ConsumerLoop first = start(3, this::note);
        Await.until("all are handled", () -> handled.size() == 3);
        first.close();

        send(0, "4");
        start(3, this::note);
        Await.until("the fourth is handled", () -> handled.size() == 4);

        assertThat(handled).containsExactly("1", "2", "3", "4");
        assertThat(first.status().running()).isFalse();
        assertThat(first.status().handled()).isEqualTo(3);
    }

    @Test
    void the_inbox_of_the_database_that_its_effects_are_made_in_is_purged_unasked(Postgres postgres) throws Exception {
        Postgres.Database database = postgres.database();
        Ddl.INBOX.install(database.dataSource());
        database.execute("INSERT INTO assent_inbox SELECT 'me', '/test', days, now() - days * interval '1 day'"
                + " FROM unnest(ARRAY[29, 31]) days");
        ConsumerLoop loop = new ConsumerLoop(
                ConsumerSettings.of(broker.bootstrapServers(), group, topic), database.dataSource(), this::note);
        loops.add(loop);
        loop.start();

        Await.until("what is old is forgotten", () -> database.number("SELECT count(*) FROM assent_inbox") == 1);
        assertThat(database.number("SELECT id FROM assent_inbox")).isEqualTo(29);
    }

    @Test
    void a_failing_event_holds_its_partition_back_and_no_other_until_it_succeeds() throws Exception {
        AtomicBoolean mended = new AtomicBoolean();
        send(0, "bad", "after");
        send(1, "other");

        start(1_000_000, event -> {
            if (event.body().toUtf8().equals("bad") && !mended.get()) {
                throw new IllegalStateException("not yet");
            }
            return note(event);
        });
        Await.until("the other is handled", () -> handled.contains("other"));
        send(1, "another");
        Await.until("another is handled", () -> handled.contains("another"));
        assertThat(handled).containsExactly("other", "another");

        mended.set(true);
        Await.until("all are handled", () -> handled.size() == 4);
        assertThat(handled).containsExactly("other", "another", "bad", "after");
    }

    @Test
    void an_event_that_comes_too_early_is_tried_again() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        send(0, "early");

        start(10, event -> tries.incrementAndGet() < 4 ? Effect.Handling.LATER : note(event));
        Await.until("it is handled", () -> handled.size() == 1);

        assertThat(tries).hasValue(4);
        assertThat(broker.committed(dead)).isEmpty();
    }

    @Test
    void an_event_that_never_succeeds_becomes_a_dead_letter_and_its_partition_goes_on() throws Exception {
        send(0, "bad", "after");

        ConsumerLoop loop = start(3, event -> {
            if (event.body().toUtf8().equals("bad")) {
                throw new IllegalStateException("never");
            }
            return note(event);
        });
        Await.until("the next is handled", () -> handled.contains("after"));

        assertThat(loop.status().deadLetters()).isEqualTo(1);
        assertThat(broker.committed(dead)).singleElement().satisfies(letter -> {
            assertThat(new String(letter.value(), StandardCharsets.UTF_8)).isEqualTo("bad");
            assertThat(new String(
                            letter.headers()
                                    .lastHeader("assent_deadletter_reason")
                                    .value(),
                            StandardCharsets.UTF_8))
                    .contains("never");
        });
    }

    @Test
    void an_event_without_headers_is_named_by_its_place() throws Exception {
        List<ConsumedEvent> events = new CopyOnWriteArrayList<>();
        send(1, "plain");

        start(3, event -> {
            events.add(event);
            return Effect.Handling.DONE;
        });
        Await.until("it is handled", () -> events.size() == 1);

        assertThat(events.get(0).source()).isEqualTo("kafka:" + topic + "-1");
        assertThat(events.get(0).id()).isEqualTo("0");
    }
}
