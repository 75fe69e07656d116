package dev.assent.outbox.kafka;

import dev.assent.outbox.model.ShardLease;
import dev.assent.outbox.spi.OwnershipCheck;
import dev.assent.outbox.spi.Publisher;
import dev.assent.time.Clock;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;

/** Opens the transactional producers of each shard, over one directory of topics. Safe for use by many threads. */
public final class KafkaPublisher implements Publisher {
    private final KafkaSettings settings;
    private final TopicDirectory topics;
    private final Fencing fencing;
    private final Diagnosis diagnosis;
    private final AtomicBoolean asks = new AtomicBoolean();

    public KafkaPublisher(KafkaSettings settings) {
        this.settings = settings;
        this.fencing = new Fencing(settings);
        this.diagnosis = new Diagnosis(settings);
        this.topics = new TopicDirectory(
                settings.relay(),
                settings.bootstrapServers(),
                new AdminInquiry(() -> Admin.create(settings.admin("topics")), settings.isCompressed()),
                Clock.SYSTEM::nanos);
    }

    @Override
    public ShardPublisher open(ShardLease lease, OwnershipCheck ownership) throws IOException {
        if (asks.compareAndSet(false, true)) {
            topics.start();
        }
        return new KafkaShardPublisher(
                ShardProducers.open(settings, lease.shard(), fencing, diagnosis, topics), settings, topics, ownership);
    }

    @Override
    public void close() {
        topics.close();
        fencing.close();
        diagnosis.close();
    }
}
