package dev.assent.outbox.kafka;

import java.io.Closeable;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.DescribeProducersOptions;
import org.apache.kafka.clients.admin.DescribeProducersResult;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTransactionsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out why a transaction did not come to its end, by asking the broker: which of its topics have not replicated its
 * records, and whether it has begun at all. Where the broker does not say, or the relay's user may not ask (it needs
 * DESCRIBE on the transactional id, READ on the topics), nothing is found out. Safe for use by many threads; each call
 * blocks for {@link #ASKED_MAX} at most.
 */
final class Diagnosis implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Diagnosis.class);
    /** For all questions about one producer. */
    static final Duration ASKED_MAX = Duration.ofSeconds(2);

    private static final int WAIT_MILLIS = (int) ASKED_MAX.toMillis();

    private final SharedAdmin client;

    Diagnosis(KafkaSettings settings) {
        this.client = new SharedAdmin(settings, "diagnosis");
    }

    /**
     * What was found out.
     *
     * @param unbegun topics whose records were never sent, for the transaction before has not come to its end
     * @param replicated topics that have replicated records of the transaction
     * @param waiting topics that the transaction before waits for, those included whose marks are only answered together with
     *     the marks of another
     * @param stuck partitions that surely have not replicated it, each with the offset of its first record there
     */
    record Finding(
            SortedSet<String> unbegun,
            SortedSet<String> replicated,
            SortedSet<String> waiting,
            Map<TopicPartition, Long> stuck) {
        static Finding nothing() {
            return new Finding(new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), Map.of());
        }

        SortedSet<String> stuckTopics() {
            return topicsOf(stuck.keySet());
        }
    }

    private static SortedSet<String> topicsOf(Collection<TopicPartition> partitions) {
        return partitions.stream().map(TopicPartition::topic).collect(Collectors.toCollection(TreeSet::new));
    }

    /** About the transaction that {@code transactionalId} has left as it was. */
    Finding of(String transactionalId, TransactionalProducer.Loss loss) throws InterruptedException {
        Deadline deadline = new Deadline(ASKED_MAX);
        try {
            Optional<TransactionDescription> last = told(
                    deadline,
                    client.get()
                            .describeTransactions(
                                    Set.of(transactionalId), new DescribeTransactionsOptions().timeoutMs(WAIT_MILLIS))
                            .description(transactionalId));
            boolean isOfTheOneBefore = !loss.hasBegun()
                    && last.filter(one -> one.state() == TransactionState.PREPARE_COMMIT)
                            .isPresent();
            if (isOfTheOneBefore) {
                return unbegun(last.get(), loss);
            }
            return last.isPresent() && last.get().state() == TransactionState.ONGOING
                    ? ongoing(last.get(), deadline)
                    : Finding.nothing();
        } catch (KafkaException e) {
            LOG.debug("nothing is known of why {} is lost", transactionalId, e);
            return Finding.nothing();
        }
    }

    /** Nobody asked to commit what was left, so it is the one before that commits. */
    private static Finding unbegun(TransactionDescription before, TransactionalProducer.Loss loss) {
        SortedSet<String> waiting = topicsOf(before.topicPartitions());
        SortedSet<String> unbegun = new TreeSet<>(loss.sent());
        unbegun.removeAll(waiting);
        return new Finding(unbegun, new TreeSet<>(), waiting, Map.of());
    }

    private Finding ongoing(TransactionDescription last, Deadline deadline) throws InterruptedException {
        Map<TopicPartition, Long> firsts = firstOffsets(last, deadline);
        Map<TopicPartition, Long> ends = replicatedUpTo(firsts.keySet(), deadline);
        Set<TopicPartition> replicated = new HashSet<>(last.topicPartitions());
        replicated.removeIf(one -> !isBelow(firsts.get(one), ends.get(one)));
        Map<TopicPartition, Long> stuck = new HashMap<>(firsts);
        stuck.keySet().removeIf(one -> !ends.containsKey(one) || replicated.contains(one));
        replicated.retainAll(replicated.isEmpty() ? Set.of() : inSync(replicated, deadline));
        SortedSet<String> well = topicsOf(replicated);
        well.removeAll(topicsOf(last.topicPartitions().stream()
                .filter(partition -> !replicated.contains(partition))
                .toList()));
        return new Finding(new TreeSet<>(), well, new TreeSet<>(), stuck);
    }

    /** False where one is not known. */
    private static boolean isBelow(@Nullable Long first, @Nullable Long end) {
        return first != null && end != null && first < end;
    }

    /** Where the transaction begins, in each partition whose leader says that it has records of it. */
    private Map<TopicPartition, Long> firstOffsets(TransactionDescription last, Deadline deadline)
            throws InterruptedException {
        DescribeProducersResult told = client.get()
                .describeProducers(last.topicPartitions(), new DescribeProducersOptions().timeoutMs(WAIT_MILLIS));
        Map<TopicPartition, Long> firsts = new HashMap<>();
        for (TopicPartition partition : last.topicPartitions()) {
            told(deadline, told.partitionResult(partition)).stream()
                    .flatMap(state -> state.activeProducers().stream())
                    .filter(one -> one.producerId() == last.producerId())
                    .flatMapToLong(one -> one.currentTransactionStartOffset().stream())
                    .forEach(first -> firsts.put(partition, first));
        }
        return firsts;
    }

    /** Of those whose leader answers. */
    private Map<TopicPartition, Long> replicatedUpTo(Set<TopicPartition> partitions, Deadline deadline)
            throws InterruptedException {
        ListOffsetsResult told = client.get()
                .listOffsets(
                        partitions.stream().collect(Collectors.toMap(one -> one, one -> OffsetSpec.latest())),
                        new ListOffsetsOptions().timeoutMs(WAIT_MILLIS));
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (TopicPartition partition : partitions) {
            told(deadline, told.partitionResult(partition)).ifPresent(end -> ends.put(partition, end.offset()));
        }
        return ends;
    }

    /**
     * Those whose replicas are all in sync. Once a silent one is not any more, the leader alone counts records as replicated,
     * and takes none all the same where the topic asks for more.
     */
    private Set<TopicPartition> inSync(Set<TopicPartition> partitions, Deadline deadline) throws InterruptedException {
        Set<TopicPartition> inSync = new HashSet<>();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> one : client.get()
                .describeTopics(topicsOf(partitions), new DescribeTopicsOptions().timeoutMs(WAIT_MILLIS))
                .topicNameValues()
                .entrySet()) {
            told(deadline, one.getValue()).ifPresent(topic -> topic.partitions().stream()
                    .filter(partition ->
                            partition.isr().size() == partition.replicas().size())
                    .forEach(partition -> inSync.add(new TopicPartition(one.getKey(), partition.partition()))));
        }
        return inSync;
    }

    /** Which of {@code stuck} have replicated it by now. */
    Set<TopicPartition> goOn(Map<TopicPartition, Long> stuck) throws InterruptedException {
        try {
            Deadline deadline = new Deadline(ASKED_MAX);
            Map<TopicPartition, Long> ends = stuck.isEmpty() ? Map.of() : replicatedUpTo(stuck.keySet(), deadline);
            Set<TopicPartition> replicated = new HashSet<>(stuck.keySet());
            replicated.removeIf(one -> !isBelow(stuck.get(one), ends.get(one)));
            replicated.retainAll(replicated.isEmpty() ? Set.of() : inSync(replicated, deadline));
            return replicated;
        } catch (KafkaException e) {
            LOG.debug("nothing new is known of {}", stuck.keySet(), e);
            return Set.of();
        }
    }

    /** One answer; that it is missing says nothing about the others. */
    private static <T> Optional<T> told(Deadline deadline, KafkaFuture<T> answer) throws InterruptedException {
        try {
            return Optional.of(deadline.await(answer));
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("a question about a lost producer is not answered", e);
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
