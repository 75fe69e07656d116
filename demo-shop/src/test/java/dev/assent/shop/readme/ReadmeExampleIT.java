package dev.assent.shop.readme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.coordination.server.FreePorts;
import dev.assent.rm.jdbc.DataSources;
import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.spring.PropagatingInterceptor;
import dev.assent.shop.platform.ChildProcess;
import dev.assent.shop.platform.PostgresServer;
import dev.assent.tx.node.CoordinatorNode;
import dev.assent.tx.node.NodeConfig;
import dev.assent.tx.testing.DocumentedCode;
import io.agroal.api.AgroalDataSource;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.xa.PGXADataSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;

/** The README's two services, with a coordinator node and two databases. */
class ReadmeExampleIT {
    private static final Path README = Path.of("..", "README.md");
    private static final List<String> IMPORTS = List.of(
            "java.util.UUID",
            "org.springframework.beans.factory.annotation.Autowired",
            "org.springframework.http.HttpStatus",
            "org.springframework.jdbc.core.simple.JdbcClient",
            "org.springframework.stereotype.Service",
            "org.springframework.transaction.annotation.Transactional",
            "org.springframework.web.bind.annotation.*",
            "org.springframework.web.client.RestClient",
            "org.springframework.web.server.ResponseStatusException");
    private static final String HEADING = "## `@Transactional` over two services";
    private static final int LINES_END = 25;

    /** What the README leaves to the reader: a pool over the service's database, and a client. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Surroundings {
        @Bean
        AgroalDataSource pool(
                AssentTransactions transactions,
                @Value("${spring.application.name}") String name,
                @Value("${example.database}") String url)
                throws SQLException {
            PGXADataSource postgres = new PGXADataSource();
            postgres.setUrl(url);
            return DataSources.pool(name, postgres, transactions);
        }

        @Bean
        JdbcClient jdbc(DataSource pool) {
            return JdbcClient.create(pool);
        }

        @Bean
        RestClient http(PropagatingInterceptor propagatingInterceptor, @Value("${example.payment:}") String payment) {
            return RestClient.builder()
                    .baseUrl(payment)
                    .requestInterceptor(propagatingInterceptor)
                    .build();
        }
    }

    @Test
    void the_transactional_example_is_short() throws Exception {
        assertThat(DocumentedCode.under(README, HEADING).lines()).hasSizeLessThan(LINES_END);
    }

    @Test
    void the_transactional_example_writes_to_both_databases_or_to_neither(@TempDir Path run) throws Exception {
        ClassLoader example =
                DocumentedCode.under(README, HEADING).importing(IMPORTS).compile(run);
        PostgresServer.Programs programs = PostgresServer.Programs.unpackInto(run.resolve("programs"));
        int port = new FreePorts(new Random()).next();
        try (PostgresServer postgres =
                        PostgresServer.start(ChildProcess::start, programs, "pg", run.resolve("pg"), port);
                CoordinatorNode node = node(run.resolve("store"))) {
            String orders = database(postgres, "orders", "create table goods_order (id uuid, cents bigint)");
            String accounts = database(
                    postgres,
                    "payment",
                    "create table account as select 'ann'::text as customer, 100::bigint as cents");
            try (ConfigurableApplicationContext payment = start(example, "Payments", "payment", node, accounts);
                    ConfigurableApplicationContext order =
                            start(example, "Checkout", "orders", node, orders, "--example.payment=" + url(payment))) {
                Object checkout = order.getBean(example.loadClass("Checkout"));

                place(checkout, 60);
                assertThat(number(orders, "select sum(cents) from goods_order")).isEqualTo(60);
                assertThat(number(accounts, "select cents from account")).isEqualTo(40);

                assertThatThrownBy(() -> place(checkout, 60)).isInstanceOf(HttpClientErrorException.class);
                assertThat(number(orders, "select count(*) from goods_order")).isEqualTo(1);
                assertThat(number(accounts, "select cents from account")).isEqualTo(40);
            }
            assertThat(number(orders, "select count(*) from pg_prepared_xacts")).isZero();
        }
    }

    private static void place(Object checkout, long cents) throws NoSuchMethodException {
        Method place = checkout.getClass().getMethod("place", UUID.class, String.class, long.class);
        ReflectionUtils.makeAccessible(place);
        Object nothing = ReflectionUtils.invokeMethod(place, checkout, UUID.randomUUID(), "ann", cents);
        assertThat(nothing).isNull();
    }

    private static CoordinatorNode node(Path directory) throws Exception {
        NodeConfig config = new NodeConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                "node",
                1,
                new NodeConfig.Coordination.Standalone(directory),
                new NodeConfig.Timing(
                        Duration.ofSeconds(10), Duration.ofMinutes(10), Duration.ofSeconds(30), Duration.ofSeconds(2)));
        return CoordinatorNode.start(config, progress -> {});
    }

    private static String database(PostgresServer postgres, String name, String table) throws SQLException {
        postgres.createDatabase(name);
        String url = postgres.jdbcUrl(name);
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(table);
        }
        return url;
    }

    private static ConfigurableApplicationContext start(
            ClassLoader example, String service, String name, CoordinatorNode node, String database, String... more)
            throws ClassNotFoundException {
        return new SpringApplicationBuilder()
                .resourceLoader(new DefaultResourceLoader(example))
                .sources(Surroundings.class, example.loadClass(service))
                .properties(
                        "spring.main.banner-mode=off",
                        "spring.application.name=" + name,
                        "server.address=127.0.0.1",
                        "server.port=0",
                        "assent.coordinator.targets=127.0.0.1:" + node.port(),
                        "example.database=" + database)
                .registerShutdownHook(false)
                .run(more);
    }

    private static String url(ConfigurableApplicationContext service) {
        return "http://127.0.0.1:" + service.getEnvironment().getRequiredProperty("local.server.port");
    }

    private static long number(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }
}
