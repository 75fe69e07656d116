package dev.assent.outbox.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.assent.outbox.model.Batch;
import dev.assent.outbox.model.Body;
import dev.assent.outbox.model.EventAttributes;
import dev.assent.outbox.model.OutboxMessage;
import dev.assent.outbox.model.OutboxRecord;
import dev.assent.outbox.model.PublishOutcome;
import dev.assent.outbox.model.ShardEpoch;
import dev.assent.outbox.model.ShardId;
import dev.assent.outbox.model.ShardLease;
import dev.assent.outbox.spi.Publisher.ShardPublisher;
import dev.assent.outbox.testing.Await;
import dev.assent.outbox.testing.Broker;
import dev.assent.outbox.testing.Link;
import dev.assent.outbox.testing.Owned;
import dev.assent.outbox.testing.Parts;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

/** A broker that answers nothing for a while has not fenced anybody, so nobody publishes under another id meanwhile. */
@ExtendWith(Parts.class)
final class UnansweredTakeoverTest {
    private static final ShardLease LEASE = new ShardLease(new ShardId(0), new ShardEpoch(1));

    private final Broker broker;
    private final String relay = "relay-" + UUID.randomUUID();
    private final String topic = "topic-" + UUID.randomUUID();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(ShardProducers.class);

    UnansweredTakeoverTest(Broker broker) throws Exception {
        this.broker = broker;
        broker.createTopic(topic, 1, Map.of());
        log.list = new CopyOnWriteArrayList<>(); // it is read while others write
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void close() {
        logger.detachAppender(log);
        thread.shutdownNow();
    }

    private KafkaSettings settings(String bootstrapServers) {
        return new KafkaSettings(relay, Map.of("bootstrap.servers", bootstrapServers), 100_000, Optional.empty());
    }

    private Batch batch(String body) {
        EventAttributes event = EventAttributes.json(UUID.randomUUID(), "/shop", "OrderPaid");
        OutboxMessage message = OutboxMessage.of(topic, "a", event, Body.utf8(body));
        return new Batch(List.of(new OutboxRecord(1, Instant.EPOCH, 0, false, message)));
    }

    private static Optional<ShardPublisher> openedBy(Future<ShardPublisher> takeover) throws Exception {
        try {
            return Optional.of(takeover.get());
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(IOException.class);
            return Optional.empty();
        }
    }

    /** Whether the takeover has failed, or goes on although it has not fenced. */
    private boolean isDecided(Future<?> takeover) {
        return takeover.isDone()
                || List.copyOf(log.list).stream()
                        .anyMatch(line -> line.getFormattedMessage().contains("another transactional id is used"));
    }

    @Test
    void a_takeover_is_over_only_when_the_older_owner_is_fenced() throws Exception {
        int port = Integer.parseInt(broker.bootstrapServers().split(":", 2)[1]);
        try (Link link = new Link(port);
                KafkaPublisher olders = new KafkaPublisher(settings(broker.bootstrapServers()));
                KafkaPublisher newers = new KafkaPublisher(settings("localhost:" + link.port()));
                ShardPublisher older = Owned.open(olders, LEASE)) {
            assertThat(older.publish(batch("first"))).isEqualTo(new PublishOutcome.Published());
            link.freeze();
            Future<ShardPublisher> takeover = thread.submit(() -> Owned.open(newers, LEASE));
            Await.until("it is decided", Duration.ofMinutes(3), () -> isDecided(takeover));
            link.thaw();

            Optional<ShardPublisher> opened = openedBy(takeover);
            try (ShardPublisher newer = opened.isPresent() ? opened.get() : Owned.openInTheEnd(newers, LEASE)) {
                assertThat(older.publish(batch("late"))).isInstanceOf(PublishOutcome.Fenced.class);
                assertThat(newer.publish(batch("second"))).isEqualTo(new PublishOutcome.Published());
            }
        }
        assertThat(broker.bodies(topic)).containsExactly("first", "second");
    }
}
