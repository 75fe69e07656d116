package dev.assent.shop.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.coordination.server.FreePorts;
import dev.assent.security.CertifiedName;
import dev.assent.security.Role;
import dev.assent.security.TlsFiles;
import dev.assent.tx.testing.Eventually;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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
    void what_is_said_over_tls_is_held_at_a_gate_that_ends_it(@TempDir Path run) throws Exception {
        RunCertificates certificates = new RunCertificates(run);
        TlsFiles owner = certificates.of("run", new CertifiedName(Role.CLIENT, "run"));
        try (PostgresServer server = PostgresServer.start(
                        ChildProcess::start,
                        PostgresServer.Programs.unpackInto(run.resolve("programs")),
                        Optional.empty(),
                        new PostgresServer.Place("pg", run.resolve("pg"), ports.next()),
                        new DatabaseTls(certificates.of("pg"), owner));
                TcpGate gate = TcpGate.to(server.port(), new DatabaseGreeting(certificates.of("gates"), owner));
                Connection connection = DriverManager.getConnection(
                        server.jdbcUrl("postgres").replace(":" + server.port() + "/", ":" + gate.port() + "/"));
                Statement statement = connection.createStatement()) {
            statement.execute("begin");
            statement.execute("create table held (id int)");
            gate.holdRequests("PREPARE TRANSACTION");
            CompletableFuture<Boolean> prepared =
                    CompletableFuture.supplyAsync(() -> done(statement, "PREPARE TRANSACTION 'a_b_c'"));
            Eventually.soon("it is held", () -> gate.held().equals(List.of("PREPARE TRANSACTION 'a_b_c'")));
            assertThat(prepared).isNotDone();

            gate.open();
            assertThat(prepared.get(60, TimeUnit.SECONDS)).isTrue();
            assertThat(done(statement, "ROLLBACK PREPARED 'a_b_c'")).isTrue();

            assertThatThrownBy(() -> DriverManager.getConnection(
                            "jdbc:postgresql://127.0.0.1:" + gate.port() + "/postgres?user=postgres&sslmode=disable"))
                    .as("in plain text, through the gate as well")
                    .hasMessageContaining("no encryption");
        }
    }

    private static boolean done(Statement statement, String sql) {
        try {
            statement.execute(sql);
            return true;
        } catch (SQLException refused) {
            throw new IllegalStateException(sql, refused);
        }
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
