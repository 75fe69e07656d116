package dev.assent.outbox.consumer;

import dev.assent.outbox.kafka.EventHeaders;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** What a consumer makes of a record of Kafka's, for who damages its headers. */
public final class ConsumerDoor {
    private static final String[] NAMES = {
        EventHeaders.SPECVERSION,
        EventHeaders.ID,
        EventHeaders.SOURCE,
        EventHeaders.TYPE,
        EventHeaders.TIME,
        EventHeaders.SUBJECT,
        EventHeaders.SEQUENCE,
        EventHeaders.CONTENT_TYPE,
        EventHeaders.TRACEPARENT,
        EventHeaders.DEAD_LETTER_FAILURES
    };

    private ConsumerDoor() {}

    /** The values of the headers, each after its length in one byte; what is left is key and body. */
    public static void event(byte[] input) {
        ByteBuffer in = ByteBuffer.wrap(input);
        RecordHeaders headers = new RecordHeaders();
        for (String name : NAMES) {
            if (in.hasRemaining()) {
                byte[] value = new byte[Math.min(in.get() & 0xff, in.remaining())];
                in.get(value);
                headers.add(name, value.length == 1 && value[0] == 0 ? null : value);
            }
        }
        byte[] rest = new byte[in.remaining()];
        in.get(rest);
        ConsumedEvent event = ConsumedEvent.of(new ConsumerRecord<>(
                "topic",
                0,
                7,
                0,
                TimestampType.CREATE_TIME,
                rest.length,
                rest.length,
                rest,
                rest,
                headers,
                Optional.empty()));
        Optional<String> unused = event.traceparent();
    }

    /** Good ones. */
    public static byte[] sample() {
        StringBuilder all = new StringBuilder();
        for (String value : new String[] {
            "1.0",
            "0f8f",
            "/orders",
            "placed",
            "2026-01-01T00:00:00Z",
            "s",
            "00000000000000000007",
            "text/plain",
            "00-1",
            "3"
        }) {
            all.append((char) value.length()).append(value);
        }
        return all.append("key and body").toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
