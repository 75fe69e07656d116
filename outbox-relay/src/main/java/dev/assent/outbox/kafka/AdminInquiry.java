package dev.assent.outbox.kafka;

import dev.assent.outbox.kafka.TopicDirectory.InquiryFailedException;
import dev.assent.outbox.policy.TopicBook;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the broker whether topics exist, are led, and may be written to, and how large their records may be. Where the
 * broker creates topics on demand, a missing one is created as it would. Used by one thread.
 */
final class AdminInquiry implements TopicDirectory.Inquiry {
    private static final Logger LOG = LoggerFactory.getLogger(AdminInquiry.class);
    private static final int WAIT_MILLIS = (int) KafkaSettings.TOPICS_MAX_WAIT.toMillis();
    private static final Duration CLOSE_MAX = Duration.ofMillis(500);
    private static final String AUTO_CREATE = "auto.create.topics.enable";

    private final Map<String, Object> properties;
    private final boolean isCompressed;
    private Optional<Admin> client = Optional.empty();

    AdminInquiry(KafkaSettings settings) {
        this.properties = settings.admin();
        this.isCompressed = settings.isCompressed();
    }

    @Override
    public SortedMap<String, TopicBook.Answer> ask(SortedSet<String> topics)
            throws InquiryFailedException, InterruptedException {
        Admin admin = connected();
        Map<String, KafkaFuture<TopicDescription>> described = admin.describeTopics(
                        topics,
                        new DescribeTopicsOptions()
                                .includeAuthorizedOperations(true)
                                .timeoutMs(WAIT_MILLIS))
                .topicNameValues();
        Map<String, OptionalLong> sizes = isCompressed ? Map.of() : sizes(admin, topics);
        SortedMap<String, TopicBook.Answer> answers = new TreeMap<>();
        List<String> missing = new ArrayList<>();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> one : described.entrySet()) {
            String topic = one.getKey();
            Optional<TopicBook.Answer> answer =
                    answer(topic, one.getValue(), sizes.getOrDefault(topic, OptionalLong.empty()));
            answer.ifPresentOrElse(said -> answers.put(topic, said), () -> missing.add(topic));
        }
        if (!missing.isEmpty()) {
            boolean isOnDemand = createsOnDemand(admin);
            for (String topic : missing) {
                answers.put(topic, isOnDemand ? create(admin, topic) : missing(topic));
            }
        }
        return answers;
    }

    private Admin connected() throws InquiryFailedException {
        try {
            Admin admin = client.orElseGet(() -> Admin.create(properties));
            client = Optional.of(admin);
            return admin;
        } catch (KafkaException e) {
            throw new InquiryFailedException("the client cannot be made: " + reason(e), e);
        }
    }

    private static TopicBook.Answer missing(String topic) {
        return TopicBook.Answer.closed("topic " + topic + " does not exist: create it");
    }

    /** Empty if the topic does not exist. */
    private static Optional<TopicBook.Answer> answer(
            String topic, KafkaFuture<TopicDescription> described, OptionalLong recordBytesMax)
            throws InquiryFailedException, InterruptedException {
        try {
            return Optional.of(judge(topic, described.get(WAIT_MILLIS, TimeUnit.MILLISECONDS), recordBytesMax));
        } catch (TimeoutException e) {
            throw new InquiryFailedException("no answer within " + WAIT_MILLIS + " ms", e);
        } catch (ExecutionException e) {
            Throwable cause = Optional.ofNullable(e.getCause()).orElse(e);
            if (cause instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            if (cause instanceof TopicAuthorizationException) {
                return Optional.of(TopicBook.Answer.closed(
                        "topic " + topic + " may not be seen by this relay: allow its user DESCRIBE and WRITE"));
            }
            if (cause instanceof InvalidTopicException) {
                return Optional.of(TopicBook.Answer.closed("topic " + topic + " has a name that Kafka does not take: "
                        + cause.getMessage() + ". Skip its records"));
            }
            throw new InquiryFailedException(reason(cause), cause);
        }
    }

    private static TopicBook.Answer judge(String topic, TopicDescription description, OptionalLong recordBytesMax) {
        boolean isLed = description.partitions().stream()
                .allMatch(partition ->
                        partition.leader() != null && !partition.leader().isEmpty());
        if (!isLed) {
            return TopicBook.Answer.closed(
                    "topic " + topic + " has partitions without a leader: look after the brokers that hold them");
        }
        // A broker without an authorizer names every operation; one that names none has not looked.
        Set<AclOperation> allowed = description.authorizedOperations();
        boolean mayWrite = allowed == null
                || allowed.isEmpty()
                || allowed.contains(AclOperation.WRITE)
                || allowed.contains(AclOperation.ALL);
        return mayWrite
                ? TopicBook.Answer.open(recordBytesMax)
                : TopicBook.Answer.closed(
                        "topic " + topic + " may not be written to by this relay: allow its user WRITE");
    }

    /** Largest records by topic, where the relay may know: a hint that saves the batch the company of a record too large. */
    private static Map<String, OptionalLong> sizes(Admin admin, Collection<String> topics) throws InterruptedException {
        List<ConfigResource> resources = topics.stream()
                .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                .toList();
        Map<String, OptionalLong> sizes = new TreeMap<>();
        for (Map.Entry<ConfigResource, KafkaFuture<Config>> one : admin.describeConfigs(
                        resources, new DescribeConfigsOptions().timeoutMs(WAIT_MILLIS))
                .values()
                .entrySet()) {
            value(one.getValue(), TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
                    .ifPresent(bytes -> sizes.put(one.getKey().name(), OptionalLong.of(Long.parseLong(bytes))));
        }
        return sizes;
    }

    private static boolean createsOnDemand(Admin admin) throws InquiryFailedException, InterruptedException {
        try {
            String broker = admin.describeCluster().nodes().get(WAIT_MILLIS, TimeUnit.MILLISECONDS).stream()
                    .findFirst()
                    .map(node -> Integer.toString(node.id()))
                    .orElseThrow(() -> new InquiryFailedException("it names no brokers", new TimeoutException()));
            ConfigResource resource = new ConfigResource(ConfigResource.Type.BROKER, broker);
            KafkaFuture<Config> config = admin.describeConfigs(
                            List.of(resource), new DescribeConfigsOptions().timeoutMs(WAIT_MILLIS))
                    .values()
                    .get(resource);
            return config != null
                    && value(config, AUTO_CREATE).map(Boolean::parseBoolean).orElse(false);
        } catch (ExecutionException | TimeoutException e) {
            throw new InquiryFailedException(reason(e), e);
        }
    }

    /** A setting, if it may be known. */
    private static Optional<String> value(KafkaFuture<Config> config, String name) throws InterruptedException {
        try {
            return Optional.ofNullable(
                            config.get(WAIT_MILLIS, TimeUnit.MILLISECONDS).get(name))
                    .map(ConfigEntry::value);
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("the broker does not tell {}", name, e);
            return Optional.empty();
        }
    }

    /** With the broker's own numbers of partitions and replicas; it is open at the next look. */
    private static TopicBook.Answer create(Admin admin, String topic) throws InterruptedException {
        try {
            admin.createTopics(
                            List.of(new NewTopic(topic, Optional.empty(), Optional.empty())),
                            new CreateTopicsOptions().timeoutMs(WAIT_MILLIS))
                    .all()
                    .get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
            return TopicBook.Answer.creating();
        } catch (ExecutionException | TimeoutException e) {
            return TopicBook.Answer.closed(
                    "topic " + topic + " does not exist, and could not be created: " + reason(e) + ". Create it");
        }
    }

    private static String reason(Throwable failure) {
        Throwable cause =
                failure instanceof ExecutionException && failure.getCause() != null ? failure.getCause() : failure;
        boolean isPlain = cause instanceof RetriableException || cause instanceof ApiException;
        return isPlain || cause.getCause() == null
                ? cause.getClass().getSimpleName() + ": " + cause.getMessage()
                : cause.getMessage() + " (" + cause.getCause().getMessage() + ")";
    }

    @Override
    public void close() {
        client.ifPresent(admin -> admin.close(CLOSE_MAX));
    }
}
