package dev.assent.outbox.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.assent.outbox.model.PublishOutcome;
import dev.assent.outbox.model.ShardId;
import dev.assent.outbox.testing.Await;
import dev.assent.outbox.testing.Broker;
import dev.assent.outbox.testing.Parts;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SortedSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

/** A producer that was lost comes back, whatever goes wrong while it is looked into. */
@ExtendWith(Parts.class)
final class LostProducerTest {
    private static final Duration LONG = Duration.ofMinutes(3);

    private final String topic = "topic-" + UUID.randomUUID();
    private final KafkaSettings settings;
    private final Queue<String> used = new ConcurrentLinkedQueue<>();
    private final Queue<PublishOutcome> outcomes = new ConcurrentLinkedQueue<>();

    LostProducerTest(Broker broker) throws Exception {
        broker.createTopic(topic, 1, Map.of());
        settings = KafkaSettings.of("relay-" + UUID.randomUUID(), broker.bootstrapServers());
    }

    @Test
    void a_fault_of_ours_does_not_cost_the_shard_a_producer_for_good_and_is_told() throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(ShardProducers.class);
        log.list = new CopyOnWriteArrayList<>(); // it is read while others write
        log.start();
        logger.addAppender(log);
        FaultyFindings findings = new FaultyFindings();
        try (Fencing fencing = new Fencing(settings);
                Diagnosis diagnosis = new Diagnosis(settings);
                ShardProducers producers =
                        ShardProducers.open(settings, new ShardId(0), fencing, diagnosis, findings)) {
            Await.until("a producer is open", producers::isAnyReady);
            assertThat(producers.beside(this::lose)).isTrue();
            Await.until("its loss is looked into", LONG, () -> findings.asked.get() > 0);

            String lost = used.remove();
            Await.until("it is used again", LONG, () -> {
                boolean unused = producers.isAnyReady() && producers.beside(one -> used.add(one.toString()));
                return used.contains(lost);
            });

            assertThat(outcomes).singleElement().isInstanceOf(PublishOutcome.Unavailable.class);
            assertThat(List.copyOf(log.list))
                    .filteredOn(line -> line.getFormattedMessage().contains(lost + " fails in a way that it must not"))
                    .hasSize(1);
        } finally {
            logger.detachAppender(log);
        }
    }

    /** Its record is acknowledged, and then it cannot be asked whose the shard is. */
    private void lose(TransactionalProducer producer) {
        used.add(producer.toString());
        outcomes.add(
                producer.publish(List.of(1L), List.of(new ProducerRecord<>(topic, new byte[1])), new Patient(), () -> {
                    throw new IOException("no connection");
                }));
    }

    private static final class Patient implements TransactionalProducer.Patience {
        @Override
        public boolean await(Sent sent) throws InterruptedException {
            return sent.await(LONG.toNanos());
        }

        @Override
        public boolean isBrokerThere() {
            return true;
        }
    }

    private static final class FaultyFindings implements ShardProducers.Findings {
        private final AtomicInteger asked = new AtomicInteger();

        @Override
        public void unbegun(SortedSet<String> topics) {
            fail();
        }

        @Override
        public void replicated(SortedSet<String> topics) {
            fail();
        }

        private void fail() {
            asked.incrementAndGet();
            throw new IllegalStateException("a fault");
        }
    }
}
