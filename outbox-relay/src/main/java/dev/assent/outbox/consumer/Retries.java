package dev.assent.outbox.consumer;

import dev.assent.time.Backoff;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/**
 * Which partitions wait behind a failed event, and until when; pure arithmetic over the times it is given. Used by one
 * thread.
 */
final class Retries {
    /** The failed event of a partition. */
    record Waiting(long offset, int failures, long dueNanos) {}

    private final ConsumerSettings.Retry retry;
    private final Map<TopicPartition, Waiting> waiting = new LinkedHashMap<>();

    Retries(ConsumerSettings.Retry retry) {
        this.retry = retry;
    }

    /** Notes one more failure of the event at {@code offset}, and tells how many there were. */
    int failed(TopicPartition partition, long offset, long nowNanos) {
        Waiting before = waiting.get(partition);
        int failures = before != null && before.offset() == offset ? before.failures() + 1 : 1;
        Duration pause = Backoff.of(retry.first(), retry.longest()).pause(failures);
        waiting.put(partition, new Waiting(offset, failures, nowNanos + pause.toNanos()));
        return failures;
    }

    boolean isExhausted(int failures) {
        return failures >= retry.attempts();
    }

    void succeeded(TopicPartition partition) {
        waiting.remove(partition);
    }

    void forget(Iterable<TopicPartition> partitions) {
        partitions.forEach(waiting::remove);
    }

    /** Partitions whose wait is over. */
    List<TopicPartition> due(long nowNanos) {
        return waiting.entrySet().stream()
                .filter(entry -> entry.getValue().dueNanos() - nowNanos <= 0)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** How long until the next one is due; empty if none waits. */
    Optional<Duration> untilNext(long nowNanos) {
        return waiting.values().stream()
                .map(one -> Duration.ofNanos(Math.max(0, one.dueNanos() - nowNanos)))
                .min(Comparator.naturalOrder());
    }

    int size() {
        return waiting.size();
    }
}
