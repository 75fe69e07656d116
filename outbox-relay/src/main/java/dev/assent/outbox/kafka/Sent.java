package dev.assent.outbox.kafka;

import dev.assent.outbox.model.PublishOutcome;
import dev.assent.outbox.model.PublishOutcome.Rejected;
import dev.assent.outbox.model.PublishOutcome.TopicsClosed;
import dev.assent.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.RecordMetadata;

/** The records of one transaction that the producer has taken, and what has come of each. Used by one thread. */
final class Sent {
    private final List<One> all = new ArrayList<>();

    private record One(long seq, String topic, Future<RecordMetadata> result) {}

    void add(long seq, String topic, Future<RecordMetadata> result) {
        all.add(new One(seq, topic, result));
    }

    SortedSet<String> topics() {
        SortedSet<String> topics = new TreeSet<>();
        all.forEach(one -> topics.add(one.topic()));
        return topics;
    }

    /** Waits until each is answered, or {@code nanos} have passed. */
    boolean await(long nanos) throws InterruptedException {
        long untilNanos = Clock.SYSTEM.nanos() + nanos;
        for (One one : all) {
            if (!isAnswered(one, untilNanos - Clock.SYSTEM.nanos())) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAnswered(One one, long nanos) throws InterruptedException {
        if (one.result().isDone()) {
            return true;
        }
        try {
            one.result().get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
            return true;
        } catch (ExecutionException e) {
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    boolean isAnyAcknowledged() {
        return all.stream()
                .anyMatch(one -> one.result().isDone() && failureOf(one).isEmpty());
    }

    /** Of the last record. */
    Optional<Throwable> lastFailure() {
        return all.isEmpty() ? Optional.empty() : failureOf(all.get(all.size() - 1));
    }

    Optional<Throwable> firstFailure() {
        return all.stream().flatMap(one -> failureOf(one).stream()).findFirst();
    }

    private static Optional<Throwable> failureOf(One one) {
        if (!one.result().isDone()) {
            return Optional.empty();
        }
        try {
            one.result().get();
            return Optional.empty();
        } catch (ExecutionException e) {
            return Optional.of(Optional.ofNullable(e.getCause()).orElse(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Whether the client has given a record up that it had sent, or tried to. */
    boolean isAnyExpired() {
        return all.stream().anyMatch(one -> failureOf(one)
                .filter(org.apache.kafka.common.errors.TimeoutException.class::isInstance)
                .isPresent());
    }

    /**
     * Whose fault it was, in a transaction that failed although the broker is there: topics that refused or did not
     * answer, else records. Those that succeeded in the same transaction, or were only aborted along with others, are not
     * to blame.
     */
    Optional<PublishOutcome> blame() {
        List<Long> suspects = new ArrayList<>();
        SortedSet<String> closed = new TreeSet<>();
        String ofTopic = "";
        String ofRecord = "";
        for (One one : all) {
            Optional<Throwable> cause = failureOf(one);
            Optional<String> closing = cause.flatMap(Refusals::ofTheTopic);
            Optional<String> refusal = cause.flatMap(Refusals::ofTheRecord);
            if (closing.isPresent()) {
                closed.add(one.topic());
                ofTopic = closing.get();
            } else if (refusal.isPresent()) {
                suspects.add(one.seq());
                ofRecord = refusal.get();
            }
        }
        if (!closed.isEmpty()) {
            return Optional.of(new TopicsClosed(closed, ofTopic));
        }
        return suspects.isEmpty() ? Optional.empty() : Optional.of(new Rejected(suspects, ofRecord));
    }

    /** Topics with a record that the broker may not have, for whatever reason. */
    SortedSet<String> unsure() {
        SortedSet<String> topics = new TreeSet<>();
        all.stream()
                .filter(one -> !one.result().isDone() || failureOf(one).isPresent())
                .forEach(one -> topics.add(one.topic()));
        return topics;
    }

    /** Topics with a record that is not acknowledged. */
    SortedSet<String> unacknowledged() {
        SortedSet<String> topics = new TreeSet<>();
        all.stream()
                .filter(one -> !one.result().isDone()
                        || failureOf(one).flatMap(Refusals::ofTheTopic).isPresent())
                .forEach(one -> topics.add(one.topic()));
        return topics;
    }
}
