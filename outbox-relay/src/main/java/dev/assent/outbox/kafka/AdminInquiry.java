package dev.assent.outbox.kafka;

import dev.assent.outbox.kafka.TopicDirectory.InquiryFailedException;
import dev.assent.outbox.policy.TopicBook;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the broker whether topics exist, are led, and may be written to, and how large their records may be. Where the
 * broker creates topics on demand, a missing one is created as it would. Each topic is judged by its own answer: what one
 * is answered, or that one is not, says nothing about the others. Used by one thread.
 */
final class AdminInquiry implements TopicDirectory.Inquiry {
    private static final Logger LOG = LoggerFactory.getLogger(AdminInquiry.class);
    private static final int WAIT_MILLIS = (int) KafkaSettings.TOPICS_MAX_WAIT.toMillis();
    private static final Duration CLOSE_MAX = Duration.ofMillis(500);
    private static final String AUTO_CREATE = "auto.create.topics.enable";

    private final Supplier<Admin> clients;
    private final TopicAnswers answersOf;
    private Optional<Admin> client = Optional.empty();

    /** {@code isCompressed} if the size of a record at the broker cannot be told beforehand. */
    AdminInquiry(Supplier<Admin> clients, boolean isCompressed) {
        this.clients = clients;
        this.answersOf = new TopicAnswers(isCompressed);
    }

    @Override
    public SortedMap<String, TopicBook.Answer> ask(SortedSet<String> topics)
            throws InquiryFailedException, InterruptedException {
        Admin admin = connected();
        Deadline deadline = new Deadline(KafkaSettings.TOPICS_MAX_WAIT);
        Map<String, KafkaFuture<TopicDescription>> described = admin.describeTopics(
                        topics,
                        new DescribeTopicsOptions()
                                .includeAuthorizedOperations(true)
                                .timeoutMs(WAIT_MILLIS))
                .topicNameValues();
        Map<ConfigResource, KafkaFuture<Config>> configured = admin.describeConfigs(
                        topics.stream().map(AdminInquiry::resource).toList(),
                        new DescribeConfigsOptions().timeoutMs(WAIT_MILLIS))
                .values();
        SortedMap<String, TopicBook.Answer> answers = new TreeMap<>();
        List<String> missing = new ArrayList<>();
        Optional<Throwable> silence = Optional.empty();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> one : described.entrySet()) {
            String topic = one.getKey();
            try {
                TopicDescription description = deadline.await(one.getValue());
                Optional<Config> settings = settings(configured.get(resource(topic)), deadline);
                answers.put(topic, answersOf.described(description, settings));
            } catch (TimeoutException e) {
                silence = Optional.of(e);
            } catch (ExecutionException e) {
                Throwable cause = Optional.ofNullable(e.getCause()).orElse(e);
                if (cause instanceof UnknownTopicOrPartitionException) {
                    missing.add(topic);
                } else if (isSilence(cause)) {
                    silence = Optional.of(cause);
                } else {
                    answers.put(topic, TopicAnswers.refused(topic, cause));
                }
            }
        }
        answers.putAll(missing(admin, missing, deadline));
        if (answers.isEmpty() && silence.isPresent()) {
            throw unanswered(silence.get());
        }
        return answers;
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    private static boolean isSilence(Throwable failure) {
        return failure instanceof org.apache.kafka.common.errors.TimeoutException
                || failure instanceof DisconnectException;
    }

    private static InquiryFailedException unanswered(Throwable silence) {
        String reason = silence instanceof TimeoutException
                ? "no answer within " + WAIT_MILLIS + " ms"
                : TopicAnswers.reason(silence);
        return new InquiryFailedException(reason, silence);
    }

    private Admin connected() throws InquiryFailedException {
        try {
            Admin admin = client.orElseGet(clients);
            client = Optional.of(admin);
            return admin;
        } catch (KafkaException e) {
            throw new InquiryFailedException("the client cannot be made: " + TopicAnswers.reason(e), e);
        }
    }

    /** Settings, if they may be known. */
    private static Optional<Config> settings(@Nullable KafkaFuture<Config> config, Deadline deadline)
            throws InterruptedException {
        if (config == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(deadline.await(config));
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("the broker does not tell its settings", e);
            return Optional.empty();
        }
    }

    private static Map<String, TopicBook.Answer> missing(Admin admin, Collection<String> topics, Deadline deadline)
            throws InterruptedException {
        Map<String, TopicBook.Answer> answers = new TreeMap<>();
        if (!topics.isEmpty() && createsOnDemand(admin, deadline)) {
            return create(admin, topics, deadline);
        }
        topics.forEach(topic -> answers.put(topic, TopicAnswers.missing(topic)));
        return answers;
    }

    /** Where the broker does not tell, an operator is asked for the topic. */
    private static boolean createsOnDemand(Admin admin, Deadline deadline) throws InterruptedException {
        try {
            Optional<ConfigResource> broker = deadline
                    .await(admin.describeCluster().nodes())
                    .stream()
                    .findFirst()
                    .map(node -> new ConfigResource(ConfigResource.Type.BROKER, Integer.toString(node.id())));
            if (broker.isEmpty()) {
                return false;
            }
            KafkaFuture<Config> config = admin.describeConfigs(
                            List.of(broker.get()), new DescribeConfigsOptions().timeoutMs(WAIT_MILLIS))
                    .values()
                    .get(broker.get());
            return settings(config, deadline)
                    .map(all -> all.get(AUTO_CREATE))
                    .map(ConfigEntry::value)
                    .map(Boolean::parseBoolean)
                    .orElse(false);
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("the broker does not tell whether it creates topics", e);
            return false;
        }
    }

    /** With the broker's own numbers of partitions and replicas; they are open at the next look. */
    private static Map<String, TopicBook.Answer> create(Admin admin, Collection<String> topics, Deadline deadline)
            throws InterruptedException {
        List<NewTopic> wanted = topics.stream()
                .map(topic -> new NewTopic(topic, Optional.empty(), Optional.empty()))
                .toList();
        Map<String, TopicBook.Answer> answers = new TreeMap<>();
        for (Map.Entry<String, KafkaFuture<Void>> one : admin.createTopics(
                        wanted, new CreateTopicsOptions().timeoutMs(WAIT_MILLIS))
                .values()
                .entrySet()) {
            answers.put(one.getKey(), created(one.getKey(), one.getValue(), deadline));
        }
        return answers;
    }

    private static TopicBook.Answer created(String topic, KafkaFuture<Void> creation, Deadline deadline)
            throws InterruptedException {
        try {
            deadline.await(creation);
            return TopicBook.Answer.creating();
        } catch (ExecutionException e) {
            return TopicAnswers.notCreated(
                    topic, Optional.ofNullable(e.getCause()).orElse(e));
        } catch (TimeoutException e) {
            return TopicAnswers.notCreated(topic, e);
        }
    }

    @Override
    public void close() {
        client.ifPresent(admin -> admin.close(CLOSE_MAX));
    }
}
