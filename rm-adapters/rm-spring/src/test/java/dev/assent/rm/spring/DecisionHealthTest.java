package dev.assent.rm.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.rm.testing.StoreWire;
import dev.assent.rm.testing.ZooKeeperEnsemble;
import dev.assent.tx.node.CoordinatorNode;
import dev.assent.tx.node.NodeConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** An application's health while its transactions can be decided, and while they cannot. */
class DecisionHealthTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    private static ConfigurableApplicationContext start(String argument) {
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .logStartupInfo(false)
                .registerShutdownHook(false)
                .run(argument);
    }

    private static Health health(ConfigurableApplicationContext context) {
        HealthIndicator indicator = context.getBean("assentHealthIndicator", HealthIndicator.class);
        return Objects.requireNonNull(indicator.health());
    }

    /** A leader is elected, or missed, a while later; each asking waits by itself. */
    private static Health awaitStatus(ConfigurableApplicationContext context, Status status) {
        long endNanos = System.nanoTime() + LONG.toNanos();
        Health health = health(context);
        while (!health.getStatus().equals(status) && System.nanoTime() < endNanos) {
            Thread.onSpinWait();
            health = health(context);
        }
        return health;
    }

    @Test
    void it_is_down_while_the_store_of_an_embedded_coordinator_takes_no_decision(@TempDir Path directory)
            throws Exception {
        ZooKeeperEnsemble store = new ZooKeeperEnsemble(directory);
        try (ConfigurableApplicationContext context = start("--assent.coordination.connect=" + store.connect())) {
            Health up = awaitStatus(context, Status.UP);
            assertThat(up.getStatus()).isEqualTo(Status.UP);
            assertThat(up.getDetails())
                    .containsKeys("mode", "leader")
                    .containsEntry("mode", "embedded: this process" + " decides its own transactions");
            assertThat(up.getDetails().get("store")).asString().contains(store.connect());

            store.close();
            Health down = awaitStatus(context, Status.DOWN);
            assertThat(down.getStatus()).isEqualTo(Status.DOWN);
            assertThat(down.getDetails().get("obstacle")).asString().contains("store");
        } finally {
            store.close();
        }
    }

    /** Nobody loses a session or a role, and what is there can be read; nothing new is agreed on. */
    @Test
    void it_is_down_while_the_nodes_store_answers_questions_and_takes_no_decision(@TempDir Path directory)
            throws Exception {
        try (ZooKeeperEnsemble store = new ZooKeeperEnsemble(directory);
                StoreWire wire = new StoreWire(store.connect());
                CoordinatorNode node = CoordinatorNode.start(
                        config(new NodeConfig.Coordination.Existing(wire.connect())), progress -> {});
                ConfigurableApplicationContext context =
                        start("--assent.coordinator.targets=127.0.0.1:" + node.port())) {
            assertThat(awaitStatus(context, Status.UP).getStatus()).isEqualTo(Status.UP);

            wire.withholdWrites(true);
            Health down = awaitStatus(context, Status.DOWN);
            assertThat(down.getStatus()).isEqualTo(Status.DOWN);
            assertThat(down.getDetails().get("obstacle")).asString().contains("the store ");
            assertThat(down.getDetails()).containsEntry("leader", "127.0.0.1:" + node.port() + " leads shard 0");

            wire.withholdWrites(false);
        }
    }

    private static NodeConfig config(NodeConfig.Coordination coordination) {
        return new NodeConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                "node",
                1,
                coordination,
                new NodeConfig.Timing(
                        Duration.ofSeconds(10), Duration.ofMinutes(10), Duration.ofSeconds(30), Duration.ofSeconds(2)));
    }

    @Test
    void it_is_down_while_no_coordinator_node_leads(@TempDir Path directory) throws Exception {
        NodeConfig config = config(new NodeConfig.Coordination.Standalone(directory));
        CoordinatorNode node = CoordinatorNode.start(config, progress -> {});
        String target = "127.0.0.1:" + node.port();
        try (ConfigurableApplicationContext context = start("--assent.coordinator.targets=" + target)) {
            Health up = awaitStatus(context, Status.UP);
            assertThat(up.getStatus()).isEqualTo(Status.UP);
            assertThat(up.getDetails()).containsEntry("leader", target + " leads shard 0");

            node.close();
            Health down = awaitStatus(context, Status.DOWN);
            assertThat(down.getStatus()).isEqualTo(Status.DOWN);
            assertThat(down.getDetails().get("obstacle")).asString().contains("coordinator node");
        } finally {
            node.close();
        }
    }
}
