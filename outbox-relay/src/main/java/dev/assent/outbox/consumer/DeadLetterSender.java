package dev.assent.outbox.consumer;

import dev.assent.outbox.kafka.EventHeaders;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends events that were given up to the dead-letter topic, each durable before this returns. */
final class DeadLetterSender implements Closeable {
    private static final Duration SEND_MAX = Duration.ofSeconds(15);

    private final String topic;
    private final KafkaProducer<byte[], byte[]> producer;

    DeadLetterSender(String topic, Map<String, String> kafka) {
        this.topic = topic;
        Map<String, Object> properties = new TreeMap<>();
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.get("bootstrap.servers"));
        kafka.forEach((name, value) -> {
            if (name.startsWith("security.") || name.startsWith("sasl.") || name.startsWith("ssl.")) {
                properties.put(name, value);
            }
        });
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (int) SEND_MAX.toMillis());
        this.producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    void send(ConsumerRecord<byte[], byte[]> refused, int failures, String reason) throws IOException {
        ProducerRecord<byte[], byte[]> letter = new ProducerRecord<>(topic, refused.key(), refused.value());
        for (Header header : refused.headers()) {
            letter.headers().add(header);
        }
        add(letter, EventHeaders.DEAD_LETTER_REASON, reason);
        add(letter, EventHeaders.DEAD_LETTER_FAILURES, Integer.toString(failures));
        add(
                letter,
                EventHeaders.DEAD_LETTER_TOPIC,
                refused.topic() + "-" + refused.partition() + "@" + refused.offset());
        try {
            producer.send(letter).get(SEND_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while sending to " + topic, e);
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            throw new IOException("cannot send to dead-letter topic " + topic + ": " + e.getMessage(), e);
        }
    }

    private static void add(ProducerRecord<byte[], byte[]> letter, String name, String value) {
        letter.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(1));
    }
}
