package dev.assent.shop.drills.shop;

import dev.assent.shop.platform.Pauses;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The newest events of the shop's topic, published once more as they were. */
final class Republished {
    private static final String TOPIC = "orders";
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration CONSUMED_PATIENCE = Duration.ofSeconds(60);
    private static final long LOOK_MILLIS = 100;

    /** So many of the newest come again, however long the shop has been open: they are all to be consumed within a drill. */
    private static final int EVENTS_MAX = 2_000;

    private final Map<String, String> client;
    private final String group;
    private Map<TopicPartition, Long> ends = Map.of();

    /**
     * Nothing yet.
     *
     * @param client how the broker is reached, in Kafka's settings
     * @param group whose effects are watched
     */
    Republished(Map<String, String> client, String group) {
        this.client = Map.copyOf(client);
        this.group = group;
    }

    /**
     * How many.
     *
     * @throws IOException the broker did not take one
     */
    int newest() throws IOException, InterruptedException {
        List<ConsumerRecord<byte[], byte[]>> records = read();
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings(Map.of()), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (ConsumerRecord<byte[], byte[]> record : records) {
                sent.add(producer.send(new ProducerRecord<>(
                        TOPIC, record.partition(), null, record.key(), record.value(), record.headers())));
            }
            for (Future<RecordMetadata> each : sent) {
                RecordMetadata unused = each.get();
            }
        } catch (ExecutionException refused) {
            throw new IOException("the broker does not take what is published again: " + refused.getCause(), refused);
        }
        return records.size();
    }

    private Map<String, Object> settings(Map<String, String> more) {
        Map<String, Object> all = new HashMap<>(client);
        all.putAll(more);
        return all;
    }

    private List<ConsumerRecord<byte[], byte[]>> read() throws IOException {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            Map<TopicPartition, Long> until = assignAll(consumer);
            until.forEach((partition, end) -> consumer.seek(partition, Math.max(0, end - EVENTS_MAX / until.size())));
            long giveUpNanos = System.nanoTime() + CONSUMED_PATIENCE.toNanos();
            while (isBehind(consumer, until)) {
                if (System.nanoTime() - giveUpNanos > 0) {
                    throw new IOException("the broker does not give out what was published within "
                            + CONSUMED_PATIENCE.toSeconds() + " s");
                }
                consumer.poll(POLL).forEach(records::add);
            }
        }
        return records;
    }

    private static boolean isBehind(KafkaConsumer<?, ?> consumer, Map<TopicPartition, Long> until) {
        return until.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue());
    }

    private static Map<TopicPartition, Long> assignAll(KafkaConsumer<?, ?> consumer) {
        List<TopicPartition> partitions = consumer.partitionsFor(TOPIC).stream()
                .map(partition -> new TopicPartition(TOPIC, partition.partition()))
                .toList();
        consumer.assign(partitions);
        return consumer.endOffsets(partitions);
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                settings(Map.of("enable.auto.commit", "false")),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /**
     * Returns when the group has dealt with all that is in the topic now.
     *
     * @throws IOException it does nothing for a minute
     */
    void awaitConsumed() throws IOException, InterruptedException {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer();
                Admin admin = Admin.create(settings(Map.of()))) {
            ends = assignAll(consumer);
            long giveUpNanos = System.nanoTime() + CONSUMED_PATIENCE.toNanos();
            for (long left = left(admin); left > 0; ) {
                if (System.nanoTime() - giveUpNanos > 0) {
                    throw new IOException(left + " events that were published again are not consumed, and none was for "
                            + CONSUMED_PATIENCE.toSeconds() + " s");
                }
                Pauses.pause(LOOK_MILLIS);
                long before = left;
                left = left(admin);
                if (left < before) {
                    giveUpNanos = System.nanoTime() + CONSUMED_PATIENCE.toNanos();
                }
            }
        }
    }

    /** What the group has not dealt with. */
    private long left(Admin admin) throws IOException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> done;
        try {
            done = new HashMap<>(admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get());
        } catch (ExecutionException failed) {
            throw new IOException("the broker does not say what is consumed: " + failed.getCause(), failed);
        }
        return ends.entrySet().stream()
                .mapToLong(end -> {
                    OffsetAndMetadata reached = done.get(end.getKey());
                    return Math.max(0, end.getValue() - (reached == null ? 0 : reached.offset()));
                })
                .sum();
    }
}
