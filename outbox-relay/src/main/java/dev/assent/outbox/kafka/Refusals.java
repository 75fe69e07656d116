package dev.assent.outbox.kafka;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedForMessageFormatException;

/** What a failure of Kafka says: this record will not do, this topic takes none, this producer is fenced, or nothing. */
final class Refusals {
    /** Failures that are about the record, and come again however often it is sent. */
    private static final List<Class<? extends RuntimeException>> ABOUT_THE_RECORD = List.of(
            RecordTooLargeException.class,
            RecordBatchTooLargeException.class,
            SerializationException.class,
            InvalidRecordException.class,
            InvalidTimestampException.class,
            PolicyViolationException.class,
            UnsupportedForMessageFormatException.class);

    /** Failures that are about the topic, silence included: nothing is wrong with the record. */
    private static final List<Class<? extends RuntimeException>> ABOUT_THE_TOPIC = List.of(
            TopicAuthorizationException.class,
            InvalidTopicException.class,
            UnknownTopicOrPartitionException.class,
            NotEnoughReplicasException.class,
            NotLeaderOrFollowerException.class,
            TimeoutException.class);

    /** Causes nested deeper than this are not looked at. */
    private static final int DEPTH_MAX = 8;

    private Refusals() {}

    static Optional<String> ofTheRecord(Throwable failure) {
        return find(failure, ABOUT_THE_RECORD);
    }

    static Optional<String> ofTheTopic(Throwable failure) {
        return find(failure, ABOUT_THE_TOPIC);
    }

    static Optional<String> fencing(Throwable failure) {
        return find(failure, List.of(ProducerFencedException.class, InvalidProducerEpochException.class));
    }

    private static Optional<String> find(Throwable failure, List<Class<? extends RuntimeException>> kinds) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEPTH_MAX; depth++) {
            for (Class<? extends RuntimeException> kind : kinds) {
                if (kind.isInstance(cause)) {
                    return Optional.of(kind.getSimpleName() + ": " + cause.getMessage());
                }
            }
            cause = cause.getCause();
        }
        return Optional.empty();
    }
}
