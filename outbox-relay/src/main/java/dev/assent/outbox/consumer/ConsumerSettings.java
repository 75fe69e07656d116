package dev.assent.outbox.consumer;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How a consumer loop works.
 *
 * @param group consumer group; instances of one service share it
 * @param topics what to read
 * @param kafka further properties for kafka-clients, {@code bootstrap.servers} at least
 * @param retry waits between the attempts of an effect
 * @param deadLetterTopic where events go after the last attempt; without one they are tried for ever
 */
public record ConsumerSettings(
        String group, List<String> topics, Map<String, String> kafka, Retry retry, Optional<String> deadLetterTopic) {
    public ConsumerSettings {
        topics = List.copyOf(topics);
        kafka = new TreeMap<>(kafka);
        if (group.isBlank() || topics.isEmpty()) {
            throw new IllegalArgumentException("a consumer needs a group and at least one topic");
        }
        if (!kafka.containsKey("bootstrap.servers")) {
            throw new IllegalArgumentException("bootstrap.servers is missing: name the brokers as host:port,...");
        }
    }

    /** Names the properties only, for their values may be secrets. */
    @Override
    public String toString() {
        return "ConsumerSettings[group=" + group + ", topics=" + topics + ", kafka=" + kafka.keySet() + ", retry="
                + retry + ", deadLetterTopic=" + deadLetterTopic + "]";
    }

    /** Waits doubling from {@code first} to {@code longest}; {@code attempts} counts the first one too. */
    public record Retry(Duration first, Duration longest, int attempts) {
        public Retry {
            if (first.isNegative() || first.isZero() || longest.compareTo(first) < 0 || attempts < 1) {
                throw new IllegalArgumentException("retry waits must be positive and ascending, and attempts at least"
                        + " 1, not " + first + ", " + longest + ", " + attempts);
            }
        }

        /** 100 ms doubling to 10 s, 20 attempts: about two and a half minutes. */
        public static Retry standard() {
            return new Retry(Duration.ofMillis(100), Duration.ofSeconds(10), 20);
        }
    }

    /** Reads {@code topic} with the standard retries and the dead-letter topic {@code <topic>.<group>.dead}. */
    public static ConsumerSettings of(String bootstrapServers, String group, String topic) {
        return new ConsumerSettings(
                group,
                List.of(topic),
                Map.of("bootstrap.servers", bootstrapServers),
                Retry.standard(),
                Optional.of(topic + "." + group + ".dead"));
    }
}
