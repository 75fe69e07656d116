package dev.assent.outbox.relay;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.assent.outbox.spi.OutboxStore.Held;
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

/** Records that wait for topics that take none hide no others, however many they are, and the shard tells of them. */
@ExtendWith(Parts.class)
final class HeldTopicsTest {
    private static final int MANY = 20_000;
    /** More than a shard keeps in mind. */
    private static final int TOPICS = 1_500;

    private static final Duration LONG = Duration.ofMinutes(2);

    private final RelayRig rig;
    private final Broker broker;
    private final String prefix = "missing-" + UUID.randomUUID() + "-";
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(OutboxRelay.class);

    HeldTopicsTest(Postgres postgres, Broker broker, Parts.ZooKeeper zooKeeper) throws Exception {
        this.broker = broker;
        rig = new RelayRig(postgres, broker, zooKeeper.connect());
    }

    @BeforeEach
    void listen() {
        log.list = new CopyOnWriteArrayList<>(); // it is read while others write
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void close() throws Exception {
        logger.detachAppender(log);
        rig.close();
    }

    /** In all shards, each under a key of its own. */
    private void appendMany(String topicOfN, int count) throws Exception {
        rig.database.execute("SELECT assent_outbox_append(" + topicOfN
                + ", 'troubled-' || n, gen_random_uuid(), '/test', 'Tested', NULL, 'text/plain', NULL, NULL, '\\x01')"
                + " FROM generate_series(1, " + count + ") n");
    }

    private Held held(OutboxRelay relay) {
        List<Held> all = relay.status().shards().stream().map(ShardStatus::held).toList();
        return new Held(
                all.stream().mapToLong(Held::topics).sum(),
                all.stream().mapToLong(Held::keys).sum(),
                all.stream().mapToLong(Held::records).sum());
    }

    private static boolean areAll(OutboxRelay relay, ShardState state) {
        RelayStatus status = relay.status();
        return status.serving() == RelayRig.SHARDS
                && status.shards().stream().allMatch(shard -> shard.state() == state);
    }

    private boolean isTold(String text) {
        return List.copyOf(log.list).stream()
                .anyMatch(line -> line.getFormattedMessage().contains(text));
    }

    @Test
    void any_number_of_records_for_a_missing_topic_hides_nobody_and_the_shard_says_that_they_wait() throws Exception {
        String missing = prefix + 1;
        appendMany("'" + missing + "'", MANY);
        appendMany("'" + missing + "'", 1_000);
        for (int i = 0; i < 20; i++) {
            rig.append("bystander-" + i, "fine");
        }
        OutboxRelay relay = rig.relay("one");

        Await.until("the others are relayed", LONG, () -> rig.waiting() == MANY + 1_000);
        Await.until("it is counted", LONG, () -> held(relay).equals(new Held(RelayRig.SHARDS, MANY, MANY + 1_000)));
        Await.until("all shards serve, and say that keys wait", () -> areAll(relay, ShardState.HOLDING));
        Await.until("it is told", () -> isTold("topics take no records, such as " + missing));

        broker.createTopic(missing, 3, Map.of());
        Await.until("all are relayed", LONG, () -> rig.waiting() == 0);
        Await.until("it is well", LONG, () -> held(relay).isEmpty() && isTold("no key waits for its topic any more"));
        Await.until("all shards say that none waits", () -> areAll(relay, ShardState.SERVING));
    }

    @Test
    void of_more_missing_topics_than_a_shard_keeps_in_mind_each_goes_on_when_it_appears() throws Exception {
        // Keys that hash alike meet in one shard, so that it has more than a page of topics.
        appendMany("'" + prefix + "' || n", RelayRig.SHARDS * TOPICS);
        OutboxRelay relay = rig.relay("one");
        Await.until("all are held", LONG, () -> held(relay).topics() == RelayRig.SHARDS * TOPICS);
        rig.append("bystander", "fine");
        Await.until("the other is relayed", () -> rig.waiting() == RelayRig.SHARDS * TOPICS);

        broker.createTopic(prefix + 1, 1, Map.of());
        broker.createTopic(prefix + RelayRig.SHARDS * TOPICS, 1, Map.of());
        Await.until("theirs are relayed", LONG, () -> rig.waiting() == RelayRig.SHARDS * TOPICS - 2);
    }
}
