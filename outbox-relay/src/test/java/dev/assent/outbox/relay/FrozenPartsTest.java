package dev.assent.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.assent.outbox.testing.Await;
import dev.assent.outbox.testing.Broker;
import dev.assent.outbox.testing.BrokerProcess;
import dev.assent.outbox.testing.Link;
import dev.assent.outbox.testing.Parts;
import dev.assent.outbox.testing.Postgres;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A database or a broker that holds its connections and answers nothing: it costs its own relay only. */
@ExtendWith(Parts.class)
final class FrozenPartsTest {
    private static final Duration UNDISTURBED = Duration.ofSeconds(15);

    private static final Duration NOTICED = Duration.ofMinutes(2);

    private final RelayRig stuck;
    private final RelayRig healthy;

    FrozenPartsTest(Postgres postgres, Broker broker, Parts.ZooKeeper zooKeeper) throws Exception {
        stuck = new RelayRig(postgres, broker, zooKeeper.connect());
        healthy = new RelayRig(postgres, broker, zooKeeper.connect());
    }

    @AfterEach
    void close() throws Exception {
        stuck.close();
        healthy.close();
    }

    private void theOtherRelayOfThisProcessGoesOn() throws Exception {
        long before = healthy.received().size();
        for (int i = 0; i < 20; i++) {
            healthy.append("key-" + before + "-" + i, "fine");
        }
        // Below what it takes to wait for the time-outs of several parts that do not answer.
        Await.until("the other relay goes on", UNDISTURBED, () -> healthy.waiting() == 0);
        // The broker marks a committed transaction in its partitions a moment after it has answered.
        Await.until("all are there", () -> healthy.received().size() == before + 20);
    }

    private static boolean stalls(OutboxRelay relay) {
        return relay.status().shards().stream().allMatch(shard -> shard.state() != ShardState.SERVING);
    }

    @Test
    void a_relay_whose_database_hangs_goes_on_when_it_answers_and_the_others_never_stop() throws Exception {
        try (Link link = new Link(stuck.database.port())) {
            healthy.relay("healthy");
            OutboxRelay relay =
                    stuck.relay("stuck", stuck.database.dataSource(link.port()), stuck.znodeLeases("stuck"));
            stuck.append("a", "1");
            Await.until("the first is relayed", () -> stuck.waiting() == 0);

            link.freeze();
            stuck.append("a", "2");
            theOtherRelayOfThisProcessGoesOn();
            Await.until("it is noticed", NOTICED, () -> stalls(relay));
            theOtherRelayOfThisProcessGoesOn();
            assertThat(stuck.waiting()).isEqualTo(1);

            link.thaw();
            Await.until("the rest is relayed", NOTICED, () -> stuck.waiting() == 0);
            assertThat(stuck.received()).containsEntry("a", List.of("1", "2"));
        }
    }

    @Test
    void shards_of_an_instance_whose_database_hangs_go_to_the_one_that_reaches_it() throws Exception {
        try (Link link = new Link(stuck.database.port())) {
            OutboxRelay cutOff =
                    stuck.relay("cut-off", stuck.database.dataSource(link.port()), stuck.znodeLeases("cut-off"));
            OutboxRelay able = stuck.relay("able");
            Await.until(
                    "they share",
                    () -> cutOff.status().serving() == 2 && able.status().serving() == 2);

            link.freeze();
            for (int i = 0; i < 20; i++) {
                stuck.append("key-" + i, "fine");
            }
            Await.until("the able one serves all", NOTICED, () -> able.status().serving() == RelayRig.SHARDS);
            Await.until("all is relayed", () -> stuck.waiting() == 0);

            assertThat(stuck.received()).hasSize(20);
        }
    }

    @Test
    void a_broker_that_hangs_is_told_of_once_and_costs_its_own_relay_only_until_it_answers(@TempDir Path directory)
            throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger("dev.assent.outbox.kafka.TopicDirectory");
        log.list = new CopyOnWriteArrayList<>(); // it is read while others write
        log.start();
        logger.addAppender(log);
        try (BrokerProcess broker = BrokerProcess.start(directory)) {
            String away = "the broker at " + broker.bootstrapServers() + " is away";
            Broker.createTopic(broker.bootstrapServers(), stuck.topic, 1, Map.of());
            healthy.relay("healthy");
            OutboxRelay relay = stuck.relay(
                    "stuck", stuck.database.dataSource(), stuck.znodeLeases("stuck"), broker.bootstrapServers());
            stuck.append("a", "1");
            Await.until("the first is relayed", () -> stuck.waiting() == 0);

            long told = lines(log, away);
            broker.jvm().freeze();
            stuck.append("a", "2");
            stuck.append("a", "3");
            theOtherRelayOfThisProcessGoesOn();
            Await.until("it is noticed", NOTICED, () -> relay.status().shards().stream()
                    .anyMatch(shard -> shard.state() == ShardState.WAITING));
            Await.until("it is told", NOTICED, () -> lines(log, away) > told);
            theOtherRelayOfThisProcessGoesOn();
            assertThat(lines(log, away)).isEqualTo(told + 1);

            broker.jvm().thaw();
            Await.until("the rest is relayed", NOTICED, () -> stuck.waiting() == 0);
            Await.until(
                    "it is told",
                    NOTICED,
                    () -> lines(log, "the broker at " + broker.bootstrapServers() + " is back after") > 0);
            Await.until(
                    "all are there",
                    () -> Broker.committed(broker.bootstrapServers(), stuck.topic)
                                    .size()
                            >= 3);
            assertThat(Broker.committed(broker.bootstrapServers(), stuck.topic).stream()
                            .map(record -> new String(record.value(), StandardCharsets.UTF_8))
                            .distinct())
                    .containsExactly("1", "2", "3");
            stuck.close();
        } finally {
            logger.detachAppender(log);
        }
    }

    private static long lines(ListAppender<ILoggingEvent> log, String text) {
        return List.copyOf(log.list).stream()
                .filter(line -> line.getFormattedMessage().contains(text))
                .count();
    }
}
