package dev.assent.shop.service;

import dev.assent.outbox.consumer.ConsumerLoop;
import dev.assent.outbox.consumer.ConsumerSettings;
import dev.assent.outbox.consumer.Effect;
import dev.assent.outbox.jdbc.Ddl;
import dev.assent.outbox.jdbc.JdbcOutboxStore;
import dev.assent.outbox.jdbc.OutboxSchema;
import dev.assent.outbox.kafka.KafkaPublisher;
import dev.assent.outbox.kafka.KafkaSettings;
import dev.assent.outbox.lease.LeaseSettings;
import dev.assent.outbox.lease.ZnodeShardLeases;
import dev.assent.outbox.relay.OutboxRelay;
import dev.assent.outbox.relay.RelaySettings;
import java.io.Closeable;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** How a service hears of events and tells them: its consumer, and the tables and the relay of its outbox. */
public final class ShopEvents {
    private static final int CONNECT_SECONDS_MAX = 5;
    private static final int READ_SECONDS_MAX = 20;
    private static final Duration SESSION = Duration.ofSeconds(4);

    private final ShopProperties shop;

    public ShopEvents(ShopProperties shop) {
        this.shop = shop;
    }

    /** Its outbox and inbox are there when this returns. */
    public void install(DataSource database, int outboxShards) throws SQLException {
        OutboxSchema.install(database, outboxShards);
        installInbox(database);
    }

    /** For a service that hears, and tells nothing. */
    public void installInbox(DataSource database) throws SQLException {
        Ddl.INBOX.install(database);
    }

    /**
     * Reads {@code topics} in the group of this service. With a name of its own in the group, a killed instance has its
     * partitions back as soon as it runs again.
     */
    public EventPart consumer(List<String> topics, Effect effect) {
        Map<String, String> client = new HashMap<>(shop.kafkaClient());
        client.put("group.instance.id", shop.service() + "-" + shop.instance());
        ConsumerSettings settings = new ConsumerSettings(
                shop.service(),
                topics,
                client,
                ConsumerSettings.Retry.standard(),
                Optional.of(shop.service() + ".dead"));
        return new EventPart(shop.service() + "-consumer", () -> {
            ConsumerLoop loop = new ConsumerLoop(settings, database(), effect);
            loop.start();
            return loop;
        });
    }

    /** Publishes what this service's outbox holds, from this process; instances of the service share it. */
    public EventPart relay() {
        return new EventPart(shop.service() + "-relay", this::openRelay);
    }

    private Closeable openRelay() throws IOException {
        String name = "shop-" + shop.service();
        OutboxRelay relay = new OutboxRelay(
                RelaySettings.standard(name, shop.instance()),
                new JdbcOutboxStore(database()),
                new KafkaPublisher(
                        new KafkaSettings(name, shop.kafkaClient(), KafkaSettings.RECORD_BYTES_MAX, Optional.empty())),
                new ZnodeShardLeases(new LeaseSettings(
                        shop.store().connect(),
                        name,
                        shop.instance(),
                        SESSION,
                        Optional.empty(),
                        shop.store().tls())));
        try {
            int unused = relay.start();
            return relay;
        } catch (IOException | RuntimeException failed) {
            relay.close();
            throw failed;
        }
    }

    /** Of this service's own, for what works beside requests: no part of any global transaction. */
    private DataSource database() {
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setUrl(shop.databaseUrl());
        database.setConnectTimeout(CONNECT_SECONDS_MAX);
        database.setSocketTimeout(READ_SECONDS_MAX);
        database.setTcpKeepAlive(true);
        return database;
    }
}
