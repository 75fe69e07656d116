package dev.assent.outbox.relay;

import dev.assent.outbox.admin.RelayAdmin;
import dev.assent.outbox.jdbc.JdbcOutboxStore;
import dev.assent.outbox.jdbc.Outbox;
import dev.assent.outbox.jdbc.OutboxOperations;
import dev.assent.outbox.jdbc.OutboxSchema;
import dev.assent.outbox.kafka.KafkaPublisher;
import dev.assent.outbox.kafka.KafkaSettings;
import dev.assent.outbox.lease.LeaseSettings;
import dev.assent.outbox.lease.RelayAudit;
import dev.assent.outbox.lease.ZnodeShardLeases;
import dev.assent.outbox.model.Body;
import dev.assent.outbox.model.EventAttributes;
import dev.assent.outbox.model.OutboxMessage;
import dev.assent.outbox.policy.BatchLimits;
import dev.assent.outbox.policy.Exhausted;
import dev.assent.outbox.policy.PollPacing;
import dev.assent.outbox.policy.RetryPolicy;
import dev.assent.outbox.spi.ShardLeases;
import dev.assent.outbox.testing.Broker;
import dev.assent.outbox.testing.Postgres;
import dev.assent.time.Clock;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** One outbox, one topic and the relays over them. */
final class RelayRig implements Closeable {
    static final int SHARDS = 4;
    /** The longest that the tests' ZooKeeper grants: none of its instances is to lose its shards for slowness. */
    private static final Duration SESSION = Duration.ofSeconds(10);
    /** Not reached by a database that answers. */
    private static final Duration STATEMENT_MAX = Duration.ofSeconds(30);
    /** Of a database that may hang. */
    private static final Duration STATEMENT_MAX_IN_DOUBT = Duration.ofSeconds(2);

    final Postgres.Database database;
    final Broker broker;
    final String name = "relay-" + UUID.randomUUID();
    final String topic = "topic-" + UUID.randomUUID();
    final OutboxOperations operations;
    private final Outbox outbox = new Outbox();
    private final List<Closeable> open = new ArrayList<>();
    private final String coordination;

    RelayRig(Postgres postgres, Broker broker, String coordination) throws Exception {
        this.database = postgres.database();
        this.broker = broker;
        this.coordination = coordination;
        this.operations = new OutboxOperations(database.dataSource());
        OutboxSchema.install(database.dataSource(), SHARDS);
        broker.createTopic(topic, 3, Map.of("max.message.bytes", "20000"));
    }

    RelaySettings settings(String instance) {
        return new RelaySettings(
                name,
                instance,
                new BatchLimits(50, 1_000_000),
                new PollPacing(Duration.ofMillis(5), Duration.ofMillis(20)),
                new RetryPolicy(Duration.ofMillis(20), Duration.ofMillis(100), 3, Exhausted.STOP_KEY),
                Duration.ofSeconds(1));
    }

    LeaseSettings leaseSettings(String instance) {
        return new LeaseSettings(coordination, name, instance, SESSION, Optional.empty());
    }

    ShardLeases znodeLeases(String instance) {
        return new ZnodeShardLeases(leaseSettings(instance));
    }

    /** What the admin API shows of a relay, and does. */
    RelayAdmin admin(OutboxRelay relay, String instance) {
        RelayAdmin admin = new RelayAdmin(
                relay, database.dataSource(), new RelayAudit(leaseSettings(instance), Clock.SYSTEM), Clock.SYSTEM);
        open.add(admin::close);
        return admin;
    }

    OutboxRelay relay(String instance) throws Exception {
        JdbcOutboxStore store = new JdbcOutboxStore(database.dataSource(), STATEMENT_MAX);
        return relay(instance, store, znodeLeases(instance), broker.bootstrapServers());
    }

    OutboxRelay relay(String instance, DataSource source, ShardLeases leases) throws Exception {
        return relay(instance, source, leases, broker.bootstrapServers());
    }

    OutboxRelay relay(String instance, DataSource source, ShardLeases leases, String bootstrapServers)
            throws Exception {
        return relay(instance, new JdbcOutboxStore(source, STATEMENT_MAX_IN_DOUBT), leases, bootstrapServers);
    }

    private OutboxRelay relay(String instance, JdbcOutboxStore store, ShardLeases leases, String bootstrapServers)
            throws IOException {
        OutboxRelay relay = new OutboxRelay(
                settings(instance), store, new KafkaPublisher(KafkaSettings.of(name, bootstrapServers)), leases);
        open.add(relay);
        relay.start();
        return relay;
    }

    OutboxMessage message(String key, String body) {
        return message(topic, key, body);
    }

    OutboxMessage message(String toTopic, String key, String body) {
        return OutboxMessage.of(
                toTopic, key, EventAttributes.json(UUID.randomUUID(), "/test", "Tested"), Body.utf8(body));
    }

    long append(String key, String body) throws Exception {
        return database.commit(connection -> outbox.append(connection, message(key, body)));
    }

    /** To another topic than the rig's own. */
    long append(String toTopic, String key, String body) throws Exception {
        return database.commit(connection -> outbox.append(connection, message(toTopic, key, body)));
    }

    Outbox outbox() {
        return outbox;
    }

    long waiting() throws Exception {
        return database.number("SELECT count(*) FROM assent_outbox");
    }

    /** Committed bodies by key, each in the order of its partition. */
    Map<String, List<String>> received() throws Exception {
        return received(topic);
    }

    Map<String, List<String>> received(String fromTopic) throws Exception {
        Map<String, List<String>> byKey = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record : broker.committed(fromTopic)) {
            byKey.computeIfAbsent(new String(record.key(), StandardCharsets.UTF_8), key -> new ArrayList<>())
                    .add(new String(record.value(), StandardCharsets.UTF_8));
        }
        return byKey;
    }

    @Override
    public void close() throws IOException {
        for (Closeable one : open) {
            one.close();
        }
    }
}
