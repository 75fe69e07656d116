package dev.assent.outbox.kafka;

import dev.assent.outbox.model.ShardLease;
import dev.assent.outbox.spi.Publisher;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Opens one transactional producer a shard. Safe for use by many threads. */
public final class KafkaPublisher implements Publisher {
    private final KafkaSettings settings;
    private final LongSupplier nanoClock;

    public KafkaPublisher(KafkaSettings settings) {
        this(settings, System::nanoTime);
    }

    KafkaPublisher(KafkaSettings settings, LongSupplier nanoClock) {
        this.settings = settings;
        this.nanoClock = nanoClock;
    }

    @Override
    public ShardPublisher open(ShardLease lease) throws IOException {
        String transactionalId = settings.relay() + "-shard-" + lease.shard();
        KafkaProducer<byte[], byte[]> producer = null;
        boolean ready = false;
        try {
            producer = new KafkaProducer<>(
                    settings.producer(transactionalId), new ByteArraySerializer(), new ByteArraySerializer());
            producer.initTransactions();
            ready = true;
            return new KafkaShardPublisher(producer, settings, nanoClock);
        } catch (KafkaException e) {
            throw new IOException(
                    "cannot open producer " + transactionalId + " at "
                            + settings.kafka().get("bootstrap.servers") + ": " + reason(e),
                    e);
        } finally {
            if (producer != null && !ready) {
                producer.close(Duration.ZERO);
            }
        }
    }

    private static String reason(KafkaException e) {
        return e.getCause() == null ? String.valueOf(e.getMessage()) : e.getMessage() + " (" + e.getCause() + ")";
    }
}
