package dev.assent.shop.platform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.server.FreePorts;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The platform's servers are real processes that serve, and are gone when they are closed. */
class PlatformIT {
    private final FreePorts ports = new FreePorts(new Random());

    @Test
    void postgres_serves_durably_with_room_for_prepared_transactions(@TempDir Path run) throws Exception {
        PostgresServer.Programs programs = PostgresServer.Programs.unpackInto(run.resolve("programs"));
        ChildProcess process;
        try (PostgresServer server =
                PostgresServer.start(ChildProcess::start, programs, "pg", run.resolve("pg"), ports.next())) {
            process = server.process();
            server.createDatabase("orders");

            assertThat(setting(server, "fsync")).isEqualTo("on");
            assertThat(setting(server, "synchronous_commit")).isEqualTo("on");
            assertThat(setting(server, "max_prepared_transactions")).isEqualTo("200");
        }
        assertThat(process.isAlive()).isFalse();
    }

    @Test
    void kafka_accepts_clients_once_it_says_so(@TempDir Path run) throws Exception {
        ChildProcess process;
        try (KafkaBroker broker =
                KafkaBroker.start(ChildProcess::start, run.resolve("kafka"), ports.next(), ports.next())) {
            process = broker.process();
            try (Admin admin = Admin.create(
                    Map.<String, Object>of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrap()))) {
                assertThat(admin.describeCluster().nodes().get()).hasSize(1);
            }
        }
        assertThat(process.isAlive()).isFalse();
    }

    @Test
    void a_killed_broker_comes_back_with_what_it_had(@TempDir Path run) throws Exception {
        int brokerPort = ports.next();
        int controllerPort = ports.next();
        Path home = run.resolve("kafka");
        try (KafkaBroker broker = KafkaBroker.start(ChildProcess::start, home, brokerPort, controllerPort);
                KafkaProducer<String, String> producer = new KafkaProducer<>(
                        Map.<String, Object>of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrap()),
                        new StringSerializer(),
                        new StringSerializer())) {
            producer.send(new ProducerRecord<>("orders", 0, "key", "before")).get();
            broker.process().kill();
        }

        try (KafkaBroker broker = KafkaBroker.start(ChildProcess::start, home, brokerPort, controllerPort);
                Admin admin = Admin.create(
                        Map.<String, Object>of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrap()))) {
            TopicPartition partition = new TopicPartition("orders", 0);
            assertThat(admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                            .partitionResult(partition)
                            .get()
                            .offset())
                    .isEqualTo(1);
        }
    }

    private static String setting(PostgresServer server, String name) throws Exception {
        try (var connection = DriverManager.getConnection(server.jdbcUrl("orders"));
                var rows = connection.createStatement().executeQuery("show " + name)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
