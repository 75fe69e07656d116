package dev.assent.outbox.consumer;

import dev.assent.outbox.purge.Retentions;
import dev.assent.time.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads from the broker how long the topics of a consumer keep messages. Kafka deletes whole segments, so a message can
 * stay for a segment's time beyond its topic's retention; a topic that is only compacted keeps the last one of each key
 * for ever. Used by one thread.
 */
final class ConsumedRetentions implements Retentions {
    private static final Logger LOG = LoggerFactory.getLogger(ConsumedRetentions.class);
    private static final Duration WAIT_MAX = Duration.ofSeconds(4);
    private static final Duration CLOSE_MAX = Duration.ofMillis(500);
    /** What is kept longer is kept for ever. */
    private static final Duration EVER = Duration.ofDays(36_500);

    private final ConsumerSettings settings;

    ConsumedRetentions(ConsumerSettings settings) {
        this.settings = settings;
    }

    @Override
    public List<Retention> read() throws IOException {
        List<ConfigResource> topics = settings.topics().stream()
                .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                .toList();
        long untilNanos = Clock.SYSTEM.nanos() + WAIT_MAX.toNanos();
        Admin admin = open();
        try {
            List<Retention> retentions = new ArrayList<>();
            for (Map.Entry<ConfigResource, KafkaFuture<Config>> one : admin.describeConfigs(
                            topics, new DescribeConfigsOptions().timeoutMs((int) WAIT_MAX.toMillis()))
                    .values()
                    .entrySet()) {
                String topic = one.getKey().name();
                settings(topic, one.getValue(), untilNanos - Clock.SYSTEM.nanos())
                        .ifPresent(told -> retentions.add(new Retention(broker(), topic, longest(told))));
            }
            return retentions;
        } finally {
            admin.close(CLOSE_MAX);
        }
    }

    private String broker() {
        return settings.kafka().getOrDefault("bootstrap.servers", "");
    }

    private Admin open() throws IOException {
        Map<String, Object> properties = new TreeMap<>();
        settings.kafka().forEach((name, value) -> {
            if (AdminClientConfig.configNames().contains(name)) {
                properties.put(name, value);
            }
        });
        properties.put(AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        try {
            return Admin.create(properties);
        } catch (KafkaException e) {
            throw new IOException("the retention of " + settings.topics() + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Empty if they may not be read, or if there is no such topic, which then keeps nothing. */
    private static Optional<Config> settings(String topic, KafkaFuture<Config> told, long nanos) throws IOException {
        try {
            return Optional.of(told.get(Math.max(0, nanos), TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while reading the retention of " + topic, e);
        } catch (TimeoutException e) {
            throw new IOException("the broker does not tell the retention of " + topic, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                LOG.debug("topic {} does not exist, so the purge need not wait for it", topic);
                return Optional.empty();
            }
            if (e.getCause() instanceof RetriableException) {
                throw new IOException("the broker does not tell the retention of " + topic + ": " + e.getCause(), e);
            }
            LOG.info(
                    "the retention of topic {} cannot be read, so the purge goes by its settings: {}",
                    topic,
                    String.valueOf(e.getCause()));
            return Optional.empty();
        }
    }

    private static Optional<Duration> longest(Config told) {
        boolean isDeleted = Optional.ofNullable(told.get(TopicConfig.CLEANUP_POLICY_CONFIG))
                .map(ConfigEntry::value)
                .map(policy -> Arrays.asList(policy.split(",", -1)).contains(TopicConfig.CLEANUP_POLICY_DELETE))
                .orElse(true);
        Duration retention = millis(told, TopicConfig.RETENTION_MS_CONFIG);
        Duration segment = millis(told, TopicConfig.SEGMENT_MS_CONFIG);
        boolean isEnding = isDeleted && retention.compareTo(EVER) < 0 && segment.compareTo(EVER) < 0;
        return isEnding ? Optional.of(retention.plus(segment)) : Optional.empty();
    }

    /** Without a limit, or unknown, counts as for ever. */
    private static Duration millis(Config told, String name) {
        long millis = Optional.ofNullable(told.get(name))
                .map(ConfigEntry::value)
                .map(Long::parseLong)
                .orElse(-1L);
        return millis < 0 ? EVER : Duration.ofMillis(millis);
    }
}
