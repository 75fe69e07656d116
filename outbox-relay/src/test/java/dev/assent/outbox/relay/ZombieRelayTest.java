package dev.assent.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.outbox.jdbc.JdbcOutboxStore;
import dev.assent.outbox.kafka.KafkaPublisher;
import dev.assent.outbox.kafka.KafkaSettings;
import dev.assent.outbox.model.Batch;
import dev.assent.outbox.model.OutboxRecord;
import dev.assent.outbox.model.PublishOutcome;
import dev.assent.outbox.model.ShardEpoch;
import dev.assent.outbox.model.ShardId;
import dev.assent.outbox.model.ShardLease;
import dev.assent.outbox.policy.BatchLimits;
import dev.assent.outbox.policy.KeyHash;
import dev.assent.outbox.spi.OutboxStore.Ownership;
import dev.assent.outbox.spi.OutboxStore.ShardOutbox;
import dev.assent.outbox.spi.OwnershipCheck;
import dev.assent.outbox.spi.Publisher.ShardPublisher;
import dev.assent.outbox.testing.Await;
import dev.assent.outbox.testing.Broker;
import dev.assent.outbox.testing.Parts;
import dev.assent.outbox.testing.Postgres;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An owner that was paused at each step of its work and goes on after another has taken over. */
@ExtendWith(Parts.class)
final class ZombieRelayTest {
    private static final BatchLimits LIMITS = new BatchLimits(10, 1_000_000);
    private static final String KEY = "a";
    private static final ShardId SHARD = KeyHash.shardOf(new dev.assent.outbox.model.MessageKey(KEY), RelayRig.SHARDS);

    private final RelayRig rig;
    private final JdbcOutboxStore store;
    private final KafkaPublisher publisher;

    ZombieRelayTest(Postgres postgres, Broker broker, Parts.ZooKeeper zooKeeper) throws Exception {
        rig = new RelayRig(postgres, broker, zooKeeper.connect());
        store = new JdbcOutboxStore(rig.database.dataSource());
        publisher = new KafkaPublisher(KafkaSettings.of(rig.name, broker.bootstrapServers()));
    }

    @AfterEach
    void close() throws Exception {
        publisher.close();
        rig.close();
    }

    private static ShardLease lease(long epoch) {
        return new ShardLease(SHARD, new ShardEpoch(epoch));
    }

    private ShardPublisher open(long epoch) throws Exception {
        OwnershipCheck ownership = () ->
                store.epochOf(lease(epoch).shard()).equals(lease(epoch).epoch()) ? Ownership.KEPT : Ownership.LOST;
        return publisher.open(lease(epoch), ownership);
    }

    @Test
    void paused_after_its_read_it_can_neither_publish_nor_delete() throws Exception {
        rig.append(KEY, "1");
        try (ShardOutbox zombieOutbox = store.claim(lease(1)).orElseThrow();
                ShardPublisher zombie = open(1)) {
            List<OutboxRecord> read = zombieOutbox.due(LIMITS).orElseThrow();

            try (ShardOutbox outbox = store.claim(lease(2)).orElseThrow();
                    ShardPublisher owner = open(2)) {
                Batch batch = new Batch(outbox.due(LIMITS).orElseThrow());
                assertThat(owner.publish(batch)).isEqualTo(new PublishOutcome.Published());
                assertThat(zombie.publish(new Batch(read))).isInstanceOf(PublishOutcome.Fenced.class);
                assertThat(zombieOutbox.acknowledge(new Batch(read))).isEqualTo(Ownership.LOST);
                assertThat(outbox.acknowledge(batch)).isEqualTo(Ownership.KEPT);
            }
        }
        assertThat(rig.received()).containsEntry(KEY, List.of("1"));
    }

    @Test
    void paused_before_its_producer_was_ready_it_finds_nothing_to_read() throws Exception {
        rig.append(KEY, "1");
        try (ShardOutbox zombieOutbox = store.claim(lease(1)).orElseThrow();
                ShardOutbox outbox = store.claim(lease(2)).orElseThrow();
                ShardPublisher owner = open(2);
                ShardPublisher zombie = open(1)) {
            assertThat(zombieOutbox.due(LIMITS)).isEmpty();

            PublishOutcome outcome = owner.publish(new Batch(outbox.due(LIMITS).orElseThrow()));

            assertThat(outcome).isInstanceOf(PublishOutcome.Fenced.class);
            assertThat(zombie).isNotNull();
        }
        assertThat(rig.waiting()).isEqualTo(1);
    }

    @Test
    void a_relay_that_is_fenced_at_the_broker_takes_over_again_while_the_shard_is_its_own() throws Exception {
        OutboxRelay relay = rig.relay("one");
        Await.until("the relay serves", () -> relay.status().serving() == RelayRig.SHARDS);
        ShardEpoch epoch = store.epochOf(SHARD);

        for (int times = 1; times <= 3; times++) {
            open(1).close();
            rig.append(KEY, Integer.toString(times));
            Await.until("the record is relayed", () -> rig.waiting() == 0);
        }

        assertThat(rig.received()).containsEntry(KEY, List.of("1", "2", "3"));
        assertThat(store.epochOf(SHARD)).isEqualTo(epoch);
    }

    @Test
    void a_relay_that_is_fenced_again_and_again_gives_the_shard_back_in_the_end() throws Exception {
        OutboxRelay relay = rig.relay("one");
        Await.until("the relay serves", () -> relay.status().serving() == RelayRig.SHARDS);
        ShardEpoch epoch = store.epochOf(SHARD);

        for (int times = 1; store.epochOf(SHARD).equals(epoch); times++) {
            assertThat(times).isLessThan(20);
            open(1).close();
            rig.append(KEY, Integer.toString(times));
            Await.until("the record is relayed", () -> rig.waiting() == 0);
        }

        assertThat(store.epochOf(SHARD)).isGreaterThan(epoch);
    }

    @Test
    void a_relay_climbs_over_an_epoch_that_its_store_has_never_seen() throws Exception {
        rig.database.execute("UPDATE assent_outbox_shard SET epoch = 1000");
        rig.append(KEY, "1");

        rig.relay("one");
        Await.until("the record is relayed", () -> rig.waiting() == 0);

        assertThat(store.epochOf(SHARD)).isGreaterThan(new ShardEpoch(1000));
    }
}
