package dev.assent.outbox.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * How the relay talks to Kafka.
 *
 * @param relay the relay's name, shared by its instances; part of each {@code transactional.id}
 * @param kafka properties for kafka-clients, {@code bootstrap.servers} at least; what the guarantees rest on cannot be
 *     changed by them
 * @param recordBytesMax largest record on the wire; keep it at or below the topics' {@code max.message.bytes}
 * @param deadLetterTopic where refused records are announced with the reason
 */
public record KafkaSettings(
        String relay, Map<String, String> kafka, int recordBytesMax, Optional<String> deadLetterTopic) {
    /** What a broker takes by default. */
    public static final int RECORD_BYTES_MAX = 1_048_576;

    /** How long one call waits for the broker before it is tried anew. */
    static final Duration BLOCK_MAX = Duration.ofSeconds(2);
    /** An opening that timed out is repeated so often in all. */
    static final int OPEN_TRIES_MAX = 3;
    /** A commit that timed out may be repeated; after this many tries its outcome is reported as unknown. */
    static final int COMMIT_TRIES_MAX = 5;

    /** Topics that do not answer to records within this time, while the broker does, are tried apart from the others. */
    static final Duration PATIENCE = Duration.ofSeconds(2);
    /**
     * Transactional ids of a shard beside its first. Any number of topics that break together block one of all, if the
     * broker says which they are; else each blocks two at most, see {@link dev.assent.outbox.policy.ProducerCosts}.
     */
    static final int SIDE_PRODUCERS = 4;
    /** An open transaction holds back consumers of committed records, so a dead owner's ends soon. */
    static final Duration TRANSACTION_MAX = Duration.ofSeconds(10);

    /** A broker that does not answer a question within this time is passed over, and another one is asked. */
    static final Duration ASKED_ANOTHER_AFTER = Duration.ofSeconds(1);

    /** How long one question about topics waits for its answer. */
    static final Duration TOPICS_MAX_WAIT = Duration.ofSeconds(4);

    /** How long records may be on their way where nothing else waits for them. */
    static final Duration DELIVERY_MAX = Duration.ofSeconds(8);
    /** How long a takeover waits until earlier owners of the side producers are refused. */
    static final Duration FENCING_MAX = Duration.ofSeconds(4);

    private static final Duration REQUEST_MAX = Duration.ofSeconds(4);

    public KafkaSettings {
        kafka = new TreeMap<>(kafka);
        if (relay.isBlank()) {
            throw new IllegalArgumentException("the relay needs a name: relay.name");
        }
        if (!kafka.containsKey("bootstrap.servers")) {
            throw new IllegalArgumentException("bootstrap.servers is missing: name the brokers as host:port,...");
        }
        if (recordBytesMax < 1024) {
            throw new IllegalArgumentException("the largest record is " + recordBytesMax + " bytes; at least 1024");
        }
    }

    /** One MiB records and no dead-letter topic. */
    public static KafkaSettings of(String relay, String bootstrapServers) {
        return new KafkaSettings(
                relay, Map.of("bootstrap.servers", bootstrapServers), RECORD_BYTES_MAX, Optional.empty());
    }

    String bootstrapServers() {
        return kafka.getOrDefault("bootstrap.servers", "");
    }

    /** Names the properties only, for their values may be secrets. */
    @Override
    public String toString() {
        return "KafkaSettings[relay=" + relay + ", kafka=" + kafka.keySet() + ", recordBytesMax=" + recordBytesMax
                + ", deadLetterTopic=" + deadLetterTopic + "]";
    }

    /** Whether records shrink on their way, so that their size at the broker cannot be told beforehand. */
    boolean isCompressed() {
        return !kafka.getOrDefault(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none")
                .equals("none");
    }

    /** For an admin client that does {@code what}. */
    Map<String, Object> admin(String what) {
        Map<String, Object> properties = new TreeMap<>();
        // A client that is busy with one broker asks any other that it may connect to, be it silent ever so often.
        properties.put(AdminClientConfig.RECONNECT_BACKOFF_MS_CONFIG, ASKED_ANOTHER_AFTER.toMillis());
        properties.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, ASKED_ANOTHER_AFTER.toMillis());
        properties.put(AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        kafka.forEach((name, value) -> {
            if (AdminClientConfig.configNames().contains(name)) {
                properties.put(name, value);
            }
        });
        properties.put(AdminClientConfig.CLIENT_ID_CONFIG, relay + "-" + what);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) ASKED_ANOTHER_AFTER.toMillis());
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) TOPICS_MAX_WAIT.toMillis());
        return properties;
    }

    Map<String, Object> producer(String transactionalId) {
        Map<String, Object> properties = new TreeMap<>();
        properties.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        properties.put(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        properties.putAll(kafka);
        properties.put(ProducerConfig.CLIENT_ID_CONFIG, transactionalId);
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int) TRANSACTION_MAX.toMillis());
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) DELIVERY_MAX.toMillis());
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) REQUEST_MAX.toMillis());
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (int) BLOCK_MAX.toMillis());
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, recordBytesMax);
        return properties;
    }
}
