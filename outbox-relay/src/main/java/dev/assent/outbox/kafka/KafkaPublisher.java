package dev.assent.outbox.kafka;

import dev.assent.outbox.model.ShardLease;
import dev.assent.outbox.spi.Publisher;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Opens one transactional producer a shard, over one directory of topics. Safe for use by many threads. */
public final class KafkaPublisher implements Publisher {
    private final KafkaSettings settings;
    private final TopicDirectory topics;
    private final AtomicBoolean asks = new AtomicBoolean();

    public KafkaPublisher(KafkaSettings settings) {
        this.settings = settings;
        this.topics = new TopicDirectory(
                settings.relay(), settings.bootstrapServers(), new AdminInquiry(settings), System::nanoTime);
    }

    @Override
    public ShardPublisher open(ShardLease lease) throws IOException {
        if (asks.compareAndSet(false, true)) {
            topics.start();
        }
        String transactionalId = settings.relay() + "-shard-" + lease.shard();
        KafkaProducer<byte[], byte[]> producer = null;
        boolean ready = false;
        try {
            producer = new KafkaProducer<>(
                    settings.producer(transactionalId), new ByteArraySerializer(), new ByteArraySerializer());
            producer.initTransactions();
            ready = true;
            return new KafkaShardPublisher(producer, settings, topics);
        } catch (KafkaException e) {
            throw new IOException(
                    "cannot open producer " + transactionalId + " at " + settings.bootstrapServers() + ": " + reason(e),
                    e);
        } finally {
            if (producer != null && !ready) {
                producer.close(Duration.ZERO);
            }
        }
    }

    @Override
    public void close() {
        topics.close();
    }

    private static String reason(KafkaException e) {
        return e.getCause() == null ? String.valueOf(e.getMessage()) : e.getMessage() + " (" + e.getCause() + ")";
    }
}
