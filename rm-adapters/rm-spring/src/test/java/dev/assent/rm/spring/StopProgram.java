package dev.assent.rm.spring;

import dev.assent.rm.jdbc.DataSources;
import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.testing.ZooKeeperEnsemble;
import dev.assent.tx.node.CoordinatorNode;
import dev.assent.tx.node.NodeConfig;
import io.agroal.api.AgroalDataSource;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.postgresql.xa.PGXADataSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/** The processes of {@link StopIT}: a store, a coordinator node, and an application that works on two databases. */
public final class StopProgram {
    private static final int THREADS = 4;

    private StopProgram() {}

    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "store" -> store(Path.of(arguments[1]));
            case "node" -> node(Path.of(arguments[1]));
            case "application" -> application(arguments);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void store(Path directory) throws Exception {
        try (ZooKeeperEnsemble store = new ZooKeeperEnsemble(directory)) {
            System.out.println("ready " + store.connect());
            new CountDownLatch(1).await();
        }
    }

    private static void node(Path directory) throws Exception {
        NodeConfig config = new NodeConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                "node",
                1,
                new NodeConfig.Coordination.Standalone(directory),
                new NodeConfig.Timing(
                        Duration.ofSeconds(10), Duration.ofMinutes(10), Duration.ofSeconds(30), Duration.ofSeconds(2)));
        try (CoordinatorNode node = CoordinatorNode.start(config, progress -> {})) {
            System.out.println("ready 127.0.0.1:" + node.port());
            new CountDownLatch(1).await();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {
        @Bean
        AgroalDataSource first(AssentTransactions transactions, @Value("${first}") String url) throws SQLException {
            return pool("first", url, transactions);
        }

        @Bean
        AgroalDataSource second(AssentTransactions transactions, @Value("${second}") String url) throws SQLException {
            return pool("second", url, transactions);
        }

        @Bean
        Requests requests() {
            return new Requests();
        }

        private static AgroalDataSource pool(String name, String url, AssentTransactions transactions)
                throws SQLException {
            PGXADataSource database = new PGXADataSource();
            database.setUrl(url);
            return DataSources.pool(name, database, transactions);
        }
    }

    /** What a web server does that shuts down gracefully: in its phase, it waits for the requests under way. */
    static final class Requests implements SmartLifecycle {
        private static final Duration GRACE = Duration.ofSeconds(30);
        private final List<Thread> underWay = new CopyOnWriteArrayList<>();
        private volatile boolean running;

        void begin(Thread request) {
            underWay.add(request);
            request.start();
        }

        @Override
        public void start() {
            running = true;
        }

        @Override
        public void stop() {
            running = false;
            long endNanos = System.nanoTime() + GRACE.toNanos();
            try {
                for (Thread request : underWay) {
                    request.join(Math.max(
                            1, Duration.ofNanos(endNanos - System.nanoTime()).toMillis()));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        @Override
        public int getPhase() {
            return SmartLifecycle.DEFAULT_PHASE - 1024;
        }
    }

    private static void application(String[] arguments) throws InterruptedException {
        SpringApplication application = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .build();
        ConfigurableApplicationContext context = application.run(arguments);
        TransactionTemplate template = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
        CountDownLatch working = new CountDownLatch(THREADS);
        for (int thread = 0; thread < THREADS; thread++) {
            int account = thread + 1;
            Thread worker = new Thread(() -> work(context, template, account, working), "worker-" + thread);
            worker.setDaemon(true);
            context.getBean(Requests.class).begin(worker);
        }
        working.await();
        System.out.println("ready");
        new CountDownLatch(1).await();
    }

    private static void work(
            ConfigurableApplicationContext context, TransactionTemplate template, int account, CountDownLatch working) {
        while (context.getBean(Requests.class).isRunning()) {
            try {
                template.executeWithoutResult(status -> {
                    add(context.getBean("first", DataSource.class), account);
                    add(context.getBean("second", DataSource.class), account);
                });
                working.countDown();
            } catch (TransactionOutcomeUnknownException unknown) {
                System.out.println("a caller was told: " + unknown.getMessage());
            } catch (TransactionException | IllegalStateException failed) {
                // Nothing was done: the next one is tried.
                Thread.onSpinWait();
            }
        }
    }

    private static void add(DataSource pool, int account) {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE account SET balance = balance + 1 WHERE id = " + account);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
