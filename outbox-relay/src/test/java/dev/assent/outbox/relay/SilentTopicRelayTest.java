package dev.assent.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.outbox.testing.Await;
import dev.assent.outbox.testing.Broker;
import dev.assent.outbox.testing.BrokerPair;
import dev.assent.outbox.testing.Parts;
import dev.assent.outbox.testing.Postgres;
import dev.assent.outbox.testing.SmallPool;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A topic falls silent while a relay publishes to it: its own keys wait, keep their order and go on when it is well. */
@ExtendWith(Parts.class)
final class SilentTopicRelayTest {
    private static final int KEYS = 40;
    /**
     * The silence lasts until the others are through. The broker holds them up until it has noticed it itself; the relay's
     * own part is its patience, a trial, and the time until a producer that the broker has given back is open again; and a
     * machine may be slow.
     */
    private static final Duration UNDISTURBED = Broker.NOTICED_MAX.plusSeconds(60);

    private static final Duration HEALED = Duration.ofMinutes(3);

    private final RelayRig rig;
    private final BrokerPair brokers;
    private final String silent = "silent-" + UUID.randomUUID();

    SilentTopicRelayTest(Postgres postgres, Broker broker, BrokerPair brokers, Parts.ZooKeeper zooKeeper)
            throws Exception {
        this.brokers = brokers;
        rig = new RelayRig(postgres, broker, zooKeeper.connect());
        brokers.createTopic(rig.topic);
        brokers.createTopicOfBoth(silent);
    }

    @AfterEach
    void close() throws Exception {
        brokers.recover();
        rig.close();
    }

    private void append(String topic, String prefix, String body) throws Exception {
        for (int i = 0; i < KEYS; i++) {
            rig.append(topic, prefix + i, body);
        }
    }

    /** By key, each in the order of the log, without what is published again. */
    private Map<String, Set<String>> bodies(String topic) throws Exception {
        Map<String, Set<String>> byKey = new TreeMap<>();
        Broker.committed(brokers.bootstrapServers(), topic).forEach(record -> byKey.computeIfAbsent(
                        new String(record.key(), StandardCharsets.UTF_8), key -> new LinkedHashSet<>())
                .add(new String(record.value(), StandardCharsets.UTF_8)));
        return byKey;
    }

    @Test
    void it_costs_its_own_keys_only_and_they_keep_their_order() throws Exception {
        SmallPool pool = new SmallPool(rig.database.dataSource(), RelayRig.SHARDS);
        OutboxRelay relay = rig.relay("one", pool.dataSource(), rig.znodeLeases("one"), brokers.bootstrapServers());
        append(silent, "troubled-", "1");
        append(rig.topic, "bystander-", "1");
        Await.until("all are relayed", () -> rig.waiting() == 0);

        brokers.silence();
        append(silent, "troubled-", "2");
        append(rig.topic, "bystander-", "2");
        append(silent, "troubled-", "3");
        Await.until("the others are relayed", UNDISTURBED, () -> rig.waiting() == 2 * KEYS);
        Await.until("it is told", () -> relay.status().shards().stream()
                .anyMatch(shard -> shard.state() == ShardState.HOLDING));
        append(rig.topic, "bystander-", "3");
        Await.until("the others are relayed again", UNDISTURBED, () -> rig.waiting() == 2 * KEYS);

        brokers.recover();
        Await.until("all are relayed", HEALED, () -> rig.waiting() == 0);
        assertThat(pool.refused()).as("connections beyond one for each shard").isZero();
        for (String topic : List.of(silent, rig.topic)) {
            // The broker marks a committed transaction in its partitions a moment after it has answered.
            Await.until(
                    "all are there",
                    () -> bodies(topic).values().stream().mapToInt(Set::size).sum() >= 3 * KEYS);
            assertThat(bodies(topic)).hasSize(KEYS);
            assertThat(bodies(topic).values()).allSatisfy(of -> assertThat(of).containsExactly("1", "2", "3"));
        }
    }
}
