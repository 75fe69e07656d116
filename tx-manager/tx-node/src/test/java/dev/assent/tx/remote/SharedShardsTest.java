package dev.assent.tx.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.assent.settings.SettingsException;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.api.TransactionService;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.node.CoordinatorNode;
import dev.assent.tx.node.NodeConfig;
import dev.assent.tx.remote.agent.RemoteConfig;
import dev.assent.tx.remote.agent.RemoteTransactionService;
import dev.assent.tx.testing.ApacheZooKeeper;
import dev.assent.tx.testing.Eventually;
import dev.assent.tx.testing.ToyResource;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes share four shards; their sessions outlast the test, so nothing here waits for one to end. */
class SharedShardsTest {
    private static final Duration LONG = Duration.ofMinutes(4);
    private static final int SHARDS = 4;
    private static final Duration SESSION = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final ToyResource orders = new ToyResource("orders");
    private ApacheZooKeeper ensemble;
    private CoordinatorNode left;
    private CoordinatorNode right;
    private TransactionService shop;

    @BeforeEach
    void start() throws Exception {
        ensemble = new ApacheZooKeeper(folder);
        open.push(ensemble);
        left = node("left", SHARDS);
        right = node("right", SHARDS);
        shop = RemoteTransactionService.connect(
                RemoteConfig.of("127.0.0.1:" + left.port() + ",127.0.0.1:" + right.port(), "shop"));
        open.push(shop);
        shop.register(orders);
        Eventually.soon(
                "both lead as much", () -> left.led().size() == 2 && right.led().size() == 2);
    }

    private CoordinatorNode node(String name, int shards) throws Exception {
        CoordinatorNode node = CoordinatorNode.start(
                new NodeConfig(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        name,
                        shards,
                        new NodeConfig.Coordination.Existing(ensemble.connectString()),
                        new NodeConfig.Timing(
                                SESSION, Duration.ofMinutes(5), Duration.ofSeconds(30), Duration.ofMillis(300))),
                progress -> {});
        open.push(node);
        return node;
    }

    @AfterEach
    void stop() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    private GlobalTransaction begun() {
        GlobalTransaction transaction = shop.begin(LONG);
        transaction.enlist(transaction.newBranch("orders"), orders);
        return transaction;
    }

    @Test
    void a_node_that_drains_ends_what_was_begun_there_and_others_begin_what_comes() throws Exception {
        List<GlobalTransaction> before = new ArrayList<>();
        for (int count = 0; count < 2 * SHARDS; count++) {
            before.add(begun());
        }
        CompletableFuture<Boolean> drained = CompletableFuture.supplyAsync(() -> drained(left));
        Eventually.soon("nothing is begun at the left node any more", () -> ledOpen(left) == 0 && !beginsAt(left));

        List<GlobalTransaction> meanwhile = new ArrayList<>();
        for (int count = 0; count < SHARDS; count++) {
            meanwhile.add(begun());
        }
        assertThat(drained).isNotDone();
        before.forEach(transaction -> assertThat(transaction.commit()).isEqualTo(new Outcome.Committed()));

        assertThat(drained).succeedsWithin(Duration.ofMinutes(2)).isEqualTo(true);
        Eventually.soon("the right node leads all", () -> right.led().size() == SHARDS);
        meanwhile.forEach(transaction -> assertThat(transaction.commit()).isEqualTo(new Outcome.Committed()));
    }

    /** Whether the service, which names its transactions itself, still does so under an epoch of that node. */
    private boolean beginsAt(CoordinatorNode node) {
        boolean begins = false;
        for (int count = 0; count < SHARDS; count++) {
            GlobalTransaction looked = shop.begin(LONG);
            begins |= node.led().contains(EpochRef.of(GlobalTxId.fromHex(looked.id())));
            assertThat(looked.rollback("looked at only")).isInstanceOf(Outcome.RolledBack.class);
        }
        return begins;
    }

    private static boolean drained(CoordinatorNode node) {
        try {
            return node.drain(LONG);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static long ledOpen(CoordinatorNode node) {
        return node.led().stream().filter(node::isOpen).count();
    }

    @Test
    void a_node_that_comes_is_given_its_share() throws Exception {
        CoordinatorNode third = node("third", SHARDS);

        Eventually.soon("it leads", () -> !third.led().isEmpty());
        Eventually.soon(
                "each shard is led once",
                () -> left.led().size() + right.led().size() + third.led().size() == SHARDS);
    }

    @Test
    void what_a_node_leads_that_closes_is_led_by_the_other_without_waiting_for_its_session() throws Exception {
        left.close();

        Eventually.within(
                SESSION.minusSeconds(10),
                "the right node leads all",
                () -> right.led().size() == SHARDS);
    }

    @Test
    void a_node_that_counts_the_shards_otherwise_does_not_start() {
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> node("third", 2 * SHARDS))
                .withMessageContaining("this cluster has " + SHARDS);
    }
}
