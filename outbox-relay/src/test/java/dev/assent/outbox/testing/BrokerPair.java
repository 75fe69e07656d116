package dev.assent.outbox.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Two brokers in JVMs of their own. The first does everything; the second only holds replicas of topics that need both, so
 * that these alone fall silent when it is frozen: their leader lives and is known, and acknowledges no record.
 */
public final class BrokerPair implements AutoCloseable {
    private static final int FIRST = 1;
    private static final int SECOND = 2;

    private final BrokerProcess first;
    private final BrokerProcess second;

    private BrokerPair(BrokerProcess first, BrokerProcess second) {
        this.first = first;
        this.second = second;
    }

    static BrokerPair start(Path directory) throws Exception {
        Broker.Identity identity = Broker.Identity.alone().hasty();
        BrokerProcess first = BrokerProcess.start(Files.createDirectories(directory.resolve("first")), identity);
        keepTransactions(first);
        BrokerProcess second =
                BrokerProcess.start(Files.createDirectories(directory.resolve("second")), identity.another());
        return new BrokerPair(first, second);
    }

    /** While it is alone, so that it is the coordinator of all transactions. */
    private static void keepTransactions(BrokerProcess broker) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", "the-first"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.initTransactions();
        }
    }

    public String bootstrapServers() throws Exception {
        return first.bootstrapServers();
    }

    /** A topic that does not need the second broker. */
    public void createTopic(String name) throws Exception {
        create(new NewTopic(name, Map.of(0, List.of(FIRST))));
    }

    /** A topic that takes no records while the second broker is silent. */
    public void createTopicOfBoth(String name) throws Exception {
        create(new NewTopic(name, Map.of(0, List.of(FIRST, SECOND))).configs(Map.of("min.insync.replicas", "2")));
        Await.until("both are in sync", () -> inSync(name) == 2);
    }

    private void create(NewTopic topic) throws Exception {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(topic)).all().get();
            Await.until(
                    "topic " + topic.name() + " is there",
                    () -> admin.listTopics().names().get().contains(topic.name()));
        }
    }

    private int inSync(String topic) throws Exception {
        try (Admin admin = admin()) {
            return admin.describeTopics(List.of(topic)).allTopicNames().get().values().stream()
                    .mapToInt(
                            description -> description.partitions().get(0).isr().size())
                    .sum();
        }
    }

    private Admin admin() throws Exception {
        return Admin.create(Map.<String, Object>of("bootstrap.servers", first.bootstrapServers()));
    }

    /** Topics of both take no records from now on. */
    public void silence() throws Exception {
        second.jvm().freeze();
    }

    public void recover() throws Exception {
        second.jvm().thaw();
    }

    @Override
    public void close() {
        first.close();
        second.close();
    }
}
