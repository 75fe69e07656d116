package dev.assent.outbox.testing;

import dev.assent.coordination.server.FreePorts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.stream.Collectors;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;

/** One Kafka broker in this process; it may be stopped and started again on the same port and data. */
public final class Broker implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration LAG_MAX = Duration.ofSeconds(3);

    /**
     * After how long a hasty broker's marks wait for a silent follower no more: it looks every half {@code
     * replica.lag.time.max.ms} for those that lag, and a request that waits then ends within {@code request.timeout.ms}.
     */
    public static final Duration NOTICED_MAX = LAG_MAX.multipliedBy(5).dividedBy(2);

    private final Properties properties;
    private final String bootstrapServers;
    private KafkaRaftServer server;

    private Broker(Properties properties, String bootstrapServers) {
        this.properties = properties;
        this.bootstrapServers = bootstrapServers;
        this.server = boot();
    }

    /**
     * Who a broker is.
     *
     * @param node its number; number 1 is the controller too
     * @param isHasty whether it notices within {@link #NOTICED_MAX} that another one is silent, and not in half a minute
     */
    public record Identity(String cluster, int node, int port, int controllerPort, boolean isHasty) {
        public static Identity alone() throws IOException {
            List<Integer> ports = new FreePorts(new Random()).next(2);
            return new Identity(Uuid.randomUuid().toString(), 1, ports.get(0), ports.get(1), false);
        }

        public Identity hasty() {
            return new Identity(cluster, node, port, controllerPort, true);
        }

        public Identity another() throws IOException {
            return new Identity(cluster, node + 1, new FreePorts(new Random()).next(), controllerPort, isHasty);
        }

        String address() {
            return "localhost:" + port;
        }
    }

    static Broker start(Path directory) throws IOException {
        return start(directory, Identity.alone());
    }

    static Broker start(Path directory, Identity identity) throws IOException {
        Properties properties = new Properties();
        boolean isController = identity.node() == 1;
        String controller = "CONTROLLER://localhost:" + identity.controllerPort();
        properties.put("process.roles", isController ? "broker,controller" : "broker");
        properties.put("node.id", Integer.toString(identity.node()));
        properties.put("controller.quorum.voters", "1@localhost:" + identity.controllerPort());
        properties.put("listeners", "PLAINTEXT://" + identity.address() + (isController ? "," + controller : ""));
        properties.put("advertised.listeners", "PLAINTEXT://" + identity.address());
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        properties.put("log.dirs", directory.resolve("logs").toString());
        for (String topic : List.of("offsets", "transaction.state.log", "share.coordinator.state")) {
            String name = topic.equals("offsets") ? "offsets.topic" : topic;
            name = topic.equals("share.coordinator.state") ? "share.coordinator.state.topic" : name;
            properties.put(name + ".replication.factor", "1");
            properties.put(name + ".num.partitions", "1");
        }
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("share.coordinator.state.topic.min.isr", "1");
        properties.put("group.initial.rebalance.delay.ms", "0");
        properties.put("auto.create.topics.enable", "false");
        properties.put("authorizer.class.name", StandardAuthorizer.class.getName());
        properties.put("allow.everyone.if.no.acl.found", "true");
        if (identity.isHasty()) {
            properties.put("replica.lag.time.max.ms", Long.toString(LAG_MAX.toMillis()));
            properties.put("request.timeout.ms", Long.toString(LAG_MAX.toMillis()));
            properties.put("broker.session.timeout.ms", Long.toString(2 * LAG_MAX.toMillis()));
        }
        format(directory, properties, identity.cluster());
        return new Broker(properties, identity.address());
    }

    private static void format(Path directory, Properties properties, String cluster) throws IOException {
        Path file = directory.resolve("server.properties");
        StringBuilder text = new StringBuilder();
        properties.forEach(
                (name, value) -> text.append(name).append('=').append(value).append('\n'));
        Files.writeString(file, text);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String[] command = {"format", "-t", cluster, "-c", file.toString(), "--ignore-formatted"};
        int code = StorageTool.execute(command, new PrintStream(out, true, StandardCharsets.UTF_8));
        if (code != 0) {
            throw new IOException("the storage was not formatted: " + out.toString(StandardCharsets.UTF_8));
        }
    }

    private KafkaRaftServer boot() {
        KafkaRaftServer booted = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
        booted.startup();
        return booted;
    }

    public String bootstrapServers() {
        return bootstrapServers;
    }

    public void stop() {
        server.shutdown();
        server.awaitShutdown();
    }

    public void startAgain() {
        server = boot();
    }

    public void createTopic(String name, int partitions, Map<String, String> configuration) throws Exception {
        createTopic(bootstrapServers, name, partitions, configuration);
    }

    /** On any broker. */
    public static void createTopic(
            String bootstrapServers, String name, int partitions, Map<String, String> configuration) throws Exception {
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrapServers))) {
            NewTopic topic = new NewTopic(name, partitions, (short) 1).configs(configuration);
            admin.createTopics(List.of(topic)).all().get();
            Await.until("topic " + name + " is led", () -> isLed(admin, name));
        }
    }

    public void deleteTopic(String topic) throws Exception {
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrapServers))) {
            admin.deleteTopics(List.of(topic)).all().get();
        }
    }

    /** Clients may do with the topic what they like, but write to it. */
    public void forbidWriting(String topic) throws Exception {
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrapServers))) {
            admin.createAcls(List.of(
                            rule(topic, AclOperation.ALL, AclPermissionType.ALLOW),
                            rule(topic, AclOperation.WRITE, AclPermissionType.DENY)))
                    .all()
                    .get();
            // The controller has answered; the broker obeys a moment later.
            Await.until("it is forbidden", () -> isForbidden(admin, topic));
        }
    }

    public void allowWriting(String topic) throws Exception {
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrapServers))) {
            admin.deleteAcls(List.of(rule(topic, AclOperation.WRITE, AclPermissionType.DENY)
                            .toFilter()))
                    .all()
                    .get();
            Await.until("it is allowed", () -> !isForbidden(admin, topic));
        }
    }

    private static boolean isForbidden(Admin admin, String topic) throws Exception {
        AclBindingFilter forbidden =
                rule(topic, AclOperation.WRITE, AclPermissionType.DENY).toFilter();
        return !admin.describeAcls(forbidden).values().get().isEmpty();
    }

    private static AclBinding rule(String topic, AclOperation operation, AclPermissionType permission) {
        return new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
                new AccessControlEntry("User:*", "*", operation, permission));
    }

    private static boolean isLed(Admin admin, String name) throws Exception {
        try {
            return admin.describeTopics(List.of(name)).allTopicNames().get().values().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .allMatch(partition -> partition.leader() != null);
        } catch (java.util.concurrent.ExecutionException e) {
            return false;
        }
    }

    /**
     * Everything committed so far, in order per partition. The broker marks a transaction's end in its partitions a moment
     * after it has answered the producer, so that of everything that is there the mark is awaited.
     */
    public List<ConsumerRecord<byte[], byte[]>> committed(String topic) throws Exception {
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrapServers))) {
            Map<TopicPartition, Long> ends = ends(admin, topic, IsolationLevel.READ_UNCOMMITTED);
            Await.until("all transactions in " + topic + " have ended", () -> {
                Map<TopicPartition, Long> marked = ends(admin, topic, IsolationLevel.READ_COMMITTED);
                return ends.entrySet().stream()
                        .allMatch(end -> marked.getOrDefault(end.getKey(), 0L) >= end.getValue());
            });
        }
        return committed(bootstrapServers, topic);
    }

    private static Map<TopicPartition, Long> ends(Admin admin, String topic, IsolationLevel isolation)
            throws Exception {
        Map<TopicPartition, OffsetSpec> latest =
                admin.describeTopics(List.of(topic)).allTopicNames().get().values().stream()
                        .flatMap(description -> description.partitions().stream())
                        .collect(Collectors.toMap(
                                partition -> new TopicPartition(topic, partition.partition()),
                                partition -> OffsetSpec.latest()));
        Map<TopicPartition, Long> ends = new HashMap<>();
        admin.listOffsets(latest, new ListOffsetsOptions(isolation))
                .all()
                .get()
                .forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    /** On any broker. */
    public static List<ConsumerRecord<byte[], byte[]>> committed(String bootstrapServers, String topic) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", bootstrapServers,
                "isolation.level", "read_committed",
                "enable.auto.commit", "false");
        List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.getOrDefault(one, 0L))) {
                consumer.poll(POLL).forEach(all::add);
            }
        }
        return all;
    }

    /** The bodies of everything committed so far, as text. */
    public List<String> bodies(String topic) throws Exception {
        return committed(topic).stream()
                .map(record -> new String(record.value(), StandardCharsets.UTF_8))
                .collect(Collectors.toList());
    }

    @Override
    public void close() {
        stop();
    }
}
