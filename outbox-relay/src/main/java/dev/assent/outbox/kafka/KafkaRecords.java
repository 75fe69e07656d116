package dev.assent.outbox.kafka;

import dev.assent.outbox.model.EventAttributes;
import dev.assent.outbox.model.OutboxRecord;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/** From outbox records to Kafka records. */
final class KafkaRecords {
    /** Framing, and the headers of every record with their names and lengths. */
    private static final int FIXED_BYTES = 400;

    private KafkaRecords() {}

    /** The key is the record's own, and so is the partition that Kafka's default partitioner derives from it. */
    static ProducerRecord<byte[], byte[]> of(OutboxRecord record) {
        return to(record.message().topic(), record, record.message().body().toByteArray());
    }

    static ProducerRecord<byte[], byte[]> deadLetter(
            String topic, OutboxRecord refused, byte[] body, int failures, String reason) {
        ProducerRecord<byte[], byte[]> copy = to(topic, refused, body);
        Headers headers = copy.headers();
        add(headers, EventHeaders.DEAD_LETTER_REASON, reason);
        add(headers, EventHeaders.DEAD_LETTER_TOPIC, refused.message().topic());
        add(headers, EventHeaders.DEAD_LETTER_FAILURES, Integer.toString(failures));
        return copy;
    }

    private static ProducerRecord<byte[], byte[]> to(String topic, OutboxRecord record, byte[] body) {
        ProducerRecord<byte[], byte[]> to =
                new ProducerRecord<>(topic, utf8(record.key().value()), body);
        Headers headers = to.headers();
        EventAttributes event = record.message().attributes();
        add(headers, EventHeaders.SPECVERSION, "1.0");
        add(headers, EventHeaders.ID, event.id().toString());
        add(headers, EventHeaders.SOURCE, event.source());
        add(headers, EventHeaders.TYPE, event.type());
        add(
                headers,
                EventHeaders.TIME,
                record.createdAt().truncatedTo(ChronoUnit.MICROS).toString());
        add(headers, EventHeaders.SEQUENCE, String.format(Locale.ROOT, "%020d", record.seq()));
        event.subject().ifPresent(subject -> add(headers, EventHeaders.SUBJECT, subject));
        add(headers, EventHeaders.CONTENT_TYPE, event.contentType());
        event.traceparent().ifPresent(trace -> add(headers, EventHeaders.TRACEPARENT, trace));
        record.message().headers().forEach((name, value) -> add(headers, name, value));
        return to;
    }

    /** Bytes of the record on the wire, rather too many than too few. */
    static int sizeBytes(OutboxRecord record) {
        int perHeaderBytes = 10;
        EventAttributes event = record.message().attributes();
        int size = FIXED_BYTES
                + contentBytes(record)
                + utf8Length(event.source())
                + utf8Length(event.type())
                + utf8Length(event.contentType())
                + event.subject().map(KafkaRecords::utf8Length).orElse(0)
                + event.traceparent().map(KafkaRecords::utf8Length).orElse(0);
        for (Map.Entry<String, String> header : record.message().headers().entrySet()) {
            size += perHeaderBytes + utf8Length(header.getKey()) + utf8Length(header.getValue());
        }
        return size;
    }

    /** Bytes of key and body alone: no broker takes the record for less. */
    static int contentBytes(OutboxRecord record) {
        return utf8Length(record.key().value()) + record.message().body().size();
    }

    /** Bytes of {@code text} in UTF-8, without making them. */
    private static int utf8Length(String text) {
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            // Each half of a surrogate pair is two bytes of the pair's four.
            length += unit < 0x80 ? 1 : unit < 0x800 || Character.isSurrogate(unit) ? 2 : 3;
        }
        return length;
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, utf8(value));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
