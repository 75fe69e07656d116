package dev.assent.tx.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.api.TransactionService;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.Vote;
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
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the next leader tells of transactions of which there is no record. */
class OutcomeAfterTakeoverTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    @TempDir
    Path folder;

    private final ToyResource orders = new ToyResource("orders");
    private final ToyResource payments = new ToyResource("payments");
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private ApacheZooKeeper ensemble;
    private CoordinatorNode left;
    private CoordinatorNode right;
    private TransactionService shop;
    private TransactionService bank;
    private TransactionService stranger;

    @BeforeEach
    void start() throws Exception {
        ensemble = new ApacheZooKeeper(folder);
        open.push(ensemble);
        left = node("left");
        right = node("right");
        shop = service("shop");
        shop.register(orders);
        bank = service("bank");
        bank.register(payments);
        stranger = service("stranger");
    }

    private CoordinatorNode node(String name) throws Exception {
        CoordinatorNode node = CoordinatorNode.start(
                new NodeConfig(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        name,
                        1,
                        new NodeConfig.Coordination.Existing(ensemble.connectString()),
                        new NodeConfig.Timing(
                                Duration.ofSeconds(30),
                                Duration.ofMinutes(5),
                                Duration.ofSeconds(30),
                                Duration.ofMillis(300))),
                progress -> {});
        open.push(node);
        return node;
    }

    private TransactionService service(String name) {
        TransactionService service = RemoteTransactionService.connect(
                RemoteConfig.of("127.0.0.1:" + left.port() + ",127.0.0.1:" + right.port(), name));
        open.push(service);
        return service;
    }

    @AfterEach
    void stop() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    private GlobalTransaction acrossBoth() {
        GlobalTransaction transaction = shop.begin(LONG);
        transaction.enlist(transaction.newBranch("orders"), orders);
        GlobalTransaction joined = bank.join(transaction.token());
        try (GlobalTransaction.Call call = joined.enter()) {
            assertThat(call).isNotNull();
            joined.enlist(joined.newBranch("payments"), payments);
        }
        return transaction;
    }

    private void theOtherNodeTakesOver() {
        Eventually.soon(
                "one node leads", () -> left.led().isEmpty() != right.led().isEmpty());
        CoordinatorNode leader = left.led().isEmpty() ? right : left;
        CoordinatorNode successor = leader.equals(left) ? right : left;
        leader.close();
        Eventually.soon("the other node leads", () -> !successor.led().isEmpty());
    }

    /** The answer of who can be asked by then. */
    private static Outcome outcome(TransactionService service, String token) {
        Eventually.soon("the store was asked", () -> {
            Outcome told = service.outcome(token);
            return told.isKnown() || told.toString().contains("no commit of it is recorded");
        });
        return service.outcome(token);
    }

    @Test
    void a_commit_that_changed_nothing_is_never_told_as_a_rollback() {
        orders.voting(new Vote.ReadOnly());
        payments.voting(new Vote.ReadOnly());
        GlobalTransaction transaction = acrossBoth();
        CompletableFuture<Outcome> heard = new CompletableFuture<>();
        bank.join(transaction.token()).onCompletion(heard::complete);
        assertThat(transaction.commit()).isEqualTo(new Outcome.Committed());
        Eventually.soon("the bank heard of it", heard::isDone);

        theOtherNodeTakesOver();

        assertThat(outcome(stranger, transaction.token())).isInstanceOfSatisfying(Outcome.Unknown.class, unknown -> {
            assertThat(unknown.cause()).contains("nothing was changed by it");
            assertThat(unknown.lasting()).isTrue();
        });
        assertThat(shop.outcome(transaction.token())).isEqualTo(new Outcome.Committed());
        assertThat(bank.outcome(transaction.token())).isEqualTo(new Outcome.Committed());
    }

    @Test
    void a_rollback_is_known_to_everybody_once_a_service_has_told_of_a_branch_that_was_not_read_only()
            throws Exception {
        payments.voting(new Vote.ReadOnly());
        GlobalTransaction transaction = acrossBoth();
        AtomicBoolean first = new AtomicBoolean(true);
        orders.whenPrepared(() -> {
            if (first.getAndSet(false)) {
                theOtherNodeTakesOver();
            }
        });

        Outcome outcome = CompletableFuture.supplyAsync(transaction::commit).get(180, TimeUnit.SECONDS);

        assertThat(outcome).isInstanceOf(Outcome.RolledBack.class);
        Eventually.soon(
                "everybody can know", () -> stranger.outcome(transaction.token()) instanceof Outcome.RolledBack);
        Eventually.soon("the branch is rolled back", () -> orders.count(ToyResource.State.ROLLED_BACK) == 1);
    }

    @Test
    void who_began_a_transaction_and_never_asked_for_its_commit_knows_that_it_was_rolled_back() {
        GlobalTransaction transaction = shop.begin(LONG);
        GlobalTransaction joined = bank.join(transaction.token());
        joined.enlist(joined.newBranch("payments"), payments.voting(new Vote.ReadOnly()));

        theOtherNodeTakesOver();

        assertThat(transaction.rollback("changed my mind")).isInstanceOf(Outcome.RolledBack.class);
    }
}
