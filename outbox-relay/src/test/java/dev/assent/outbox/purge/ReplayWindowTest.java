package dev.assent.outbox.purge;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.assent.outbox.consumer.ConsumerLoop;
import dev.assent.outbox.consumer.ConsumerSettings;
import dev.assent.outbox.consumer.Effect;
import dev.assent.outbox.jdbc.Ddl;
import dev.assent.outbox.testing.Await;
import dev.assent.outbox.testing.Broker;
import dev.assent.outbox.testing.Parts;
import dev.assent.outbox.testing.Postgres;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

/** Whatever a topic can still deliver is remembered, however long it keeps it. */
@ExtendWith(Parts.class)
final class ReplayWindowTest {
    private final Postgres.Database database;
    private final Broker broker;
    private final String topic = "topic-" + UUID.randomUUID();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(Purger.class);

    ReplayWindowTest(Postgres postgres, Broker broker) throws Exception {
        this.database = postgres.database();
        this.broker = broker;
    }

    @BeforeEach
    void rows() throws Exception {
        log.list = new CopyOnWriteArrayList<>(); // it is read while others write
        log.start();
        logger.addAppender(log);
        Ddl.INBOX.install(database.dataSource());
        database.execute("INSERT INTO assent_inbox SELECT 'consumer', '/test', n::text, now() - n * interval '1 day'"
                + " FROM generate_series(1, 100) n");
    }

    @AfterEach
    void close() {
        logger.detachAppender(log);
    }

    private long remembered() throws Exception {
        return database.number("SELECT count(*) FROM assent_inbox");
    }

    private static PurgeSettings settings(boolean isReplayBounded) {
        PurgeSettings standard = PurgeSettings.standard();
        return new PurgeSettings(
                standard.replayWindow(),
                isReplayBounded,
                standard.inbox(),
                standard.requests(),
                Duration.ofMillis(50),
                1_000,
                50);
    }

    private ConsumerLoop consume(PurgeSettings purge) {
        ConsumerLoop loop = new ConsumerLoop(
                ConsumerSettings.of(broker.bootstrapServers(), "group-" + topic, topic),
                database.dataSource(),
                purge,
                event -> Effect.Handling.DONE);
        loop.start();
        return loop;
    }

    private static String days(int days) {
        return Long.toString(Duration.ofDays(days).toMillis());
    }

    private boolean isTold(String text) {
        return List.copyOf(log.list).stream()
                .anyMatch(line -> line.getFormattedMessage().contains(text));
    }

    @Test
    void the_inbox_remembers_for_the_retention_of_a_consumed_topic_and_the_time_of_a_segment() throws Exception {
        broker.createTopic(topic, 1, Map.of("retention.ms", days(50), "segment.ms", days(20)));

        try (ConsumerLoop loop = consume(settings(false))) {
            Await.until("what cannot come again is forgotten", () -> remembered() < 100);
            Await.until("it is told", () -> isTold("messages of topic " + topic + " can come again"));
            assertThat(loop.status().handled()).isZero();
        }
        // A day more, for the broker's clean-up.
        assertThat(remembered()).isBetween(70L, 71L);

        try (Purger elsewhere = new Purger(database.dataSource(), settings(false))) {
            elsewhere.start();
            database.execute("INSERT INTO assent_inbox VALUES ('consumer', '/test', 'old', now() - interval '1 year')");
            Await.until("the other one has run", () -> elsewhere.rows() > 0);
        }
        assertThat(remembered()).isBetween(70L, 71L);
    }

    @Test
    void while_a_consumed_topic_keeps_messages_for_ever_nothing_is_forgotten_and_that_is_told() throws Exception {
        broker.createTopic(topic, 1, Map.of("retention.ms", "-1"));

        try (ConsumerLoop loop = consume(settings(false))) {
            Await.until("it is told", () -> isTold("topic " + topic + " keeps messages for ever"));
            assertThat(loop.status().handled()).isZero();
        }
        assertThat(remembered()).isEqualTo(100);
    }

    @Test
    void a_consumed_topic_that_does_not_exist_holds_up_no_purge() throws Exception {
        try (ConsumerLoop loop = consume(settings(false))) {
            Await.until("what is old is forgotten", () -> remembered() < 100);
            assertThat(loop.status().handled()).isZero();
        }
        assertThat(remembered()).isBetween(29L, 30L);
    }

    @Test
    void without_the_table_of_windows_nothing_is_forgotten_and_that_is_told() throws Exception {
        database.execute("DROP TABLE assent_inbox_window");
        broker.createTopic(topic, 1, Map.of("retention.ms", days(50)));

        try (ConsumerLoop loop = consume(settings(false))) {
            Await.until("it is told", () -> isTold("table assent_inbox_window is missing"));
            assertThat(loop.status().handled()).isZero();
        }
        assertThat(remembered()).isEqualTo(100);
    }

    @Test
    void a_topic_that_is_only_compacted_keeps_messages_for_ever() throws Exception {
        broker.createTopic(topic, 1, Map.of("cleanup.policy", "compact"));

        try (ConsumerLoop loop = consume(settings(false))) {
            Await.until("it is told", () -> isTold("topic " + topic + " keeps messages for ever"));
            assertThat(loop.status().handled()).isZero();
        }
        assertThat(remembered()).isEqualTo(100);
    }

    @Test
    void an_operator_who_never_resets_offsets_far_back_may_say_so() throws Exception {
        broker.createTopic(topic, 1, Map.of("retention.ms", "-1"));

        try (ConsumerLoop loop = consume(settings(true))) {
            Await.until("what is old is forgotten", () -> remembered() < 100);
            assertThat(loop.status().handled()).isZero();
        }
        assertThat(remembered()).isBetween(29L, 30L);
    }
}
