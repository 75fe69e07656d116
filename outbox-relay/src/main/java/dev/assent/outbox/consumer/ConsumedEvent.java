package dev.assent.outbox.consumer;

import dev.assent.outbox.kafka.EventHeaders;
import dev.assent.outbox.model.Body;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * One event as it came from Kafka. {@code (source, id)} is what to deduplicate by; a record without CloudEvents headers
 * is named by its place, which is as unique.
 *
 * @param key empty if the record has none
 * @param headers all headers as text, those of CloudEvents included; of a repeated one the last
 * @param position where it was read
 */
public record ConsumedEvent(
        String source, String id, String type, String key, Map<String, String> headers, Body body, Position position) {

    /** A place in Kafka. */
    public record Position(String topic, int partition, long offset) {
        @Override
        public String toString() {
            return topic + "-" + partition + "@" + offset;
        }
    }

    public Optional<String> subject() {
        return Optional.ofNullable(headers.get(EventHeaders.SUBJECT));
    }

    public Optional<String> traceparent() {
        return Optional.ofNullable(headers.get(EventHeaders.TRACEPARENT));
    }

    static ConsumedEvent of(ConsumerRecord<byte[], byte[]> record) {
        Map<String, String> headers = new TreeMap<>();
        for (Header header : record.headers()) {
            headers.put(header.key(), text(header.value()));
        }
        Position position = new Position(record.topic(), record.partition(), record.offset());
        String place = "kafka:" + record.topic() + "-" + record.partition();
        return new ConsumedEvent(
                headers.getOrDefault(EventHeaders.SOURCE, place),
                headers.getOrDefault(EventHeaders.ID, Long.toString(record.offset())),
                headers.getOrDefault(EventHeaders.TYPE, ""),
                text(record.key()),
                Collections.unmodifiableMap(headers),
                Body.copyOf(record.value() == null ? new byte[0] : record.value()),
                position);
    }

    private static String text(byte @org.jspecify.annotations.Nullable [] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }
}
