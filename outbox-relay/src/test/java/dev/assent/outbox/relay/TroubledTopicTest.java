package dev.assent.outbox.relay;

import dev.assent.outbox.testing.Await;
import dev.assent.outbox.testing.Broker;
import dev.assent.outbox.testing.Parts;
import dev.assent.outbox.testing.Postgres;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Topics and records that Kafka does not take: they cost their own keys, and the others nothing. */
@ExtendWith(Parts.class)
final class TroubledTopicTest {
    /** Below what it takes to wait for each of the troubled records in turn, and far above what is needed. */
    private static final Duration UNDISTURBED = Duration.ofSeconds(15);

    private static final int TROUBLED = 40;

    private final RelayRig rig;
    private final Broker broker;

    TroubledTopicTest(Postgres postgres, Broker broker, Parts.ZooKeeper zooKeeper) throws Exception {
        this.broker = broker;
        rig = new RelayRig(postgres, broker, zooKeeper.connect());
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    private void everybodyElseArrives() throws Exception {
        for (int i = 0; i < TROUBLED; i++) {
            rig.append("bystander-" + i, "fine");
        }
        Await.until("the others are relayed", UNDISTURBED, () -> rig.waiting() == TROUBLED);
        // The broker marks a committed transaction in its partitions a moment after it has answered.
        Await.until("the others are there", () -> rig.received().size() == TROUBLED);
    }

    @Test
    void a_missing_topic_costs_its_own_keys_only_and_they_go_when_it_appears() throws Exception {
        String missing = "missing-" + UUID.randomUUID();
        for (int i = 0; i < TROUBLED; i++) {
            rig.append(missing, "troubled-" + i, "first");
        }
        rig.relay("one");

        everybodyElseArrives();
        rig.append("troubled-0", "second");
        broker.createTopic(missing, 2, Map.of());
        Await.until("all is relayed", () -> rig.waiting() == 0);

        Await.until("all are there", () -> rig.received(missing).size() == TROUBLED);
        Await.until("the second one is there", () -> List.of("second")
                .equals(rig.received().get("troubled-0")));
    }

    @Test
    void records_above_the_topics_limit_cost_their_own_keys_only() throws Exception {
        for (int i = 0; i < TROUBLED; i++) {
            rig.append("troubled-" + i, "x".repeat(50_000));
        }
        rig.relay("one");

        everybodyElseArrives();
        Await.until("all are stopped", () -> rig.operations.parkedKeys().size() == TROUBLED);
    }

    @Test
    void a_topic_that_is_deleted_with_records_under_way_costs_its_own_keys_only() throws Exception {
        String gone = "gone-" + UUID.randomUUID();
        broker.createTopic(gone, 2, Map.of());
        rig.relay("one");
        rig.append(gone, "well", "before");
        Await.until("it is relayed", () -> rig.waiting() == 0);

        broker.deleteTopic(gone);
        for (int i = 0; i < TROUBLED; i++) {
            rig.append(gone, "troubled-" + i, "first");
        }
        everybodyElseArrives();
        broker.createTopic(gone, 2, Map.of());
        Await.until("all is relayed", Duration.ofMinutes(3), () -> rig.waiting() == 0);
        Await.until("all are there", () -> rig.received(gone).size() == TROUBLED);
    }
}
