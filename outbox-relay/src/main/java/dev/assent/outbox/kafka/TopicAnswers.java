package dev.assent.outbox.kafka;

import dev.assent.outbox.policy.TopicBook;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicAuthorizationException;

/** From what a broker says about one topic, or refuses to say, to whether records are sent to it. */
final class TopicAnswers {
    private final boolean isCompressed;

    /** {@code isCompressed} if the size of a record at the broker cannot be told beforehand. */
    TopicAnswers(boolean isCompressed) {
        this.isCompressed = isCompressed;
    }

    /** {@code settings} where this relay may read them. */
    TopicBook.Answer described(TopicDescription topic, Optional<Config> settings) {
        Set<AclOperation> allowed = topic.authorizedOperations();
        // A broker without an authorizer names every operation; one that names none has not looked.
        boolean mayWrite = allowed == null
                || allowed.isEmpty()
                || allowed.contains(AclOperation.WRITE)
                || allowed.contains(AclOperation.ALL);
        if (!mayWrite) {
            return TopicBook.Answer.closed(
                    "topic " + topic.name() + " may not be written to by this relay: allow its user WRITE");
        }
        // What cannot be read forbids nothing: records will show.
        long inSyncMin =
                number(settings, TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG).orElse(0);
        return topic.partitions().stream()
                .flatMap(partition -> unwritable(topic.name(), partition, inSyncMin).stream())
                .findFirst()
                .map(TopicBook.Answer::closed)
                .orElseGet(() -> TopicBook.Answer.open(
                        isCompressed ? OptionalLong.empty() : number(settings, TopicConfig.MAX_MESSAGE_BYTES_CONFIG)));
    }

    private static Optional<String> unwritable(String topic, TopicPartitionInfo partition, long inSyncMin) {
        if (partition.leader() == null || partition.leader().isEmpty()) {
            return Optional.of(
                    "topic " + topic + " has partitions without a leader: look after the brokers that hold them");
        }
        int inSync = partition.isr().size();
        // A topic with fewer replicas than it is asked to have in sync takes records if all of them are.
        long needed = Math.min(inSyncMin, partition.replicas().size());
        return inSync >= needed
                ? Optional.empty()
                : Optional.of("topic " + topic + " has too few replicas in sync (partition " + partition.partition()
                        + " has " + inSync + ", and min.insync.replicas is " + inSyncMin
                        + "): look after the brokers that hold them");
    }

    private static OptionalLong number(Optional<Config> settings, String name) {
        Optional<Long> number = settings.map(all -> all.get(name))
                .map(ConfigEntry::value)
                .filter(value -> value.matches("[0-9]{1,18}"))
                .map(Long::parseLong);
        return number.isPresent() ? OptionalLong.of(number.get()) : OptionalLong.empty();
    }

    static TopicBook.Answer missing(String topic) {
        return TopicBook.Answer.closed("topic " + topic + " does not exist: create it");
    }

    static TopicBook.Answer notCreated(String topic, Throwable refusal) {
        return TopicBook.Answer.closed(
                "topic " + topic + " does not exist, and could not be created: " + reason(refusal) + ". Create it");
    }

    /** The broker answered, but with an error about this topic. */
    static TopicBook.Answer refused(String topic, Throwable refusal) {
        if (refusal instanceof TopicAuthorizationException) {
            return TopicBook.Answer.closed(
                    "topic " + topic + " may not be seen by this relay: allow its user DESCRIBE and WRITE");
        }
        if (refusal instanceof InvalidTopicException) {
            return TopicBook.Answer.closed("topic " + topic + " has a name that Kafka does not take: "
                    + refusal.getMessage() + ". Skip its records");
        }
        return TopicBook.Answer.odd("the broker does not say whether topic " + topic + " takes records: "
                + reason(refusal) + ". It is asked again; if it goes on like this, look at its own log");
    }

    static String reason(Throwable failure) {
        Throwable cause = Optional.ofNullable(failure.getCause()).orElse(failure);
        return failure instanceof ApiException || cause == failure
                ? failure.getClass().getSimpleName() + ": " + failure.getMessage()
                : failure.getMessage() + " (" + cause.getMessage() + ")";
    }
}
