package dev.assent.outbox.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a missing topic from a silent broker: a producer reports both as a time-out. A topic found missing is
 * remembered for a while, so that many keys bound for it are refused at once instead of one time-out each. Used by one
 * thread.
 */
final class MissingTopics {
    private static final Logger LOG = LoggerFactory.getLogger(MissingTopics.class);
    private static final Duration REMEMBERED = Duration.ofSeconds(10);

    private final Map<String, String> kafka;
    private final LongSupplier nanoClock;
    private final Map<String, Long> missingUntilNanos = new TreeMap<>();

    MissingTopics(Map<String, String> kafka, LongSupplier nanoClock) {
        this.kafka = kafka;
        this.nanoClock = nanoClock;
    }

    boolean isKnownMissing(String topic) {
        Long until = missingUntilNanos.get(topic);
        if (until == null) {
            return false;
        }
        if (until - nanoClock.getAsLong() <= 0) {
            missingUntilNanos.remove(topic);
            return false;
        }
        return true;
    }

    /** Asks the broker which of {@code topics} do not exist; none, if it does not answer. */
    Set<String> find(Set<String> topics) {
        Set<String> missing = new TreeSet<>();
        try (Admin admin = Admin.create(new TreeMap<String, Object>(kafka))) {
            Map<String, ? extends KafkaFuture<?>> answers =
                    admin.describeTopics(topics).topicNameValues();
            for (Map.Entry<String, ? extends KafkaFuture<?>> answer : answers.entrySet()) {
                if (isMissing(answer.getValue())) {
                    missing.add(answer.getKey());
                    missingUntilNanos.put(answer.getKey(), nanoClock.getAsLong() + REMEMBERED.toNanos());
                }
            }
        } catch (TimeoutException e) {
            LOG.debug("the broker does not say which topics exist", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return missing;
    }

    private static boolean isMissing(KafkaFuture<?> answer) throws InterruptedException, TimeoutException {
        try {
            answer.get(KafkaSettings.BLOCK_MAX.toMillis(), TimeUnit.MILLISECONDS);
            return false;
        } catch (ExecutionException e) {
            return e.getCause() instanceof UnknownTopicOrPartitionException;
        }
    }
}
