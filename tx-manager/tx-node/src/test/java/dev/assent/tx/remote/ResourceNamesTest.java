package dev.assent.tx.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.api.TransactionService;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.node.CoordinatorNode;
import dev.assent.tx.node.NodeConfig;
import dev.assent.tx.remote.agent.RemoteConfig;
import dev.assent.tx.remote.agent.RemoteTransactionService;
import dev.assent.tx.testing.ApacheZooKeeper;
import dev.assent.tx.testing.Eventually;
import dev.assent.tx.testing.NamedToy;
import dev.assent.tx.testing.ToyResource;
import dev.assent.tx.testing.ToyResource.State;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One name is one resource, whichever services have it registered. */
class ResourceNamesTest {
    private static final String ONE = "system 1 database 5";
    private static final String OTHER = "system 2 database 5";
    private static final Duration LONG = Duration.ofMinutes(5);

    @TempDir
    Path folder;

    private final NamedToy orders = new NamedToy("orders", ONE);
    private final NamedToy payments = new NamedToy("payments", ONE);
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private ApacheZooKeeper ensemble;
    private CoordinatorNode node;

    @BeforeEach
    void start() throws Exception {
        ensemble = new ApacheZooKeeper(folder);
        open.push(ensemble);
        node = CoordinatorNode.start(
                new NodeConfig(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        "node",
                        1,
                        new NodeConfig.Coordination.Existing(ensemble.connectString()),
                        new NodeConfig.Timing(
                                Duration.ofSeconds(30),
                                Duration.ofMinutes(5),
                                Duration.ofSeconds(30),
                                Duration.ofMillis(300))),
                progress -> {});
        open.push(node);
    }

    @AfterEach
    void stop() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    private TransactionService service(String name, ToyResource... resources) {
        TransactionService service =
                RemoteTransactionService.connect(RemoteConfig.of("127.0.0.1:" + node.port(), name));
        open.push(service);
        for (ToyResource resource : resources) {
            service.register(resource);
        }
        return service;
    }

    private static Outcome commit(TransactionService service, ToyResource resource) {
        GlobalTransaction transaction = service.begin(LONG);
        transaction.enlist(transaction.newBranch(resource.name()), resource);
        return transaction.commit();
    }

    private static String refusal(TransactionService service, String name) {
        GlobalTransaction transaction = service.begin(LONG);
        try {
            return transaction.newBranch(name) == null ? "no branch" : "";
        } catch (TransactionServiceException refused) {
            return String.valueOf(refused.getMessage());
        } finally {
            Outcome unused = transaction.rollback("looked at only");
        }
    }

    @Test
    void one_name_is_not_registered_for_two_resources_in_two_services() {
        TransactionService shop = service("shop", orders);
        TransactionService kitchen = service("kitchen");

        assertThatExceptionOfType(TransactionServiceException.class)
                .isThrownBy(() -> kitchen.register(new NamedToy("orders", OTHER)))
                .withMessageContaining(ONE)
                .withMessageContaining(OTHER)
                .withMessageContaining("a name of its own")
                .withMessageContaining("/assent/rms/orders")
                .matches(refused -> !refused.isRetrySafe());

        assertThat(commit(shop, orders)).isEqualTo(new Outcome.Committed());
        kitchen.register(new NamedToy("orders", ONE));
        assertThat(commit(kitchen, orders)).isEqualTo(new Outcome.Committed());
    }

    @Test
    void a_resource_that_has_not_said_which_one_it_is_takes_no_branches_until_it_has() {
        orders.answersNot();
        TransactionService shop = service("shop", orders, payments);

        assertThat(refusal(shop, "orders")).contains("'orders'", "not verified", "since ", "has not answered");
        assertThat(commit(shop, payments)).isEqualTo(new Outcome.Committed());

        orders.isAway("connection refused by 10.0.0.7");
        TransactionService kitchen = service("kitchen", orders);
        Eventually.soon("it is told why", () -> refusal(kitchen, "orders").contains("connection refused by 10.0.0.7"));
        assertThat(refusal(kitchen, "orders")).contains("not verified");

        orders.is(ONE);
        Eventually.soon("it takes branches", () -> refusal(kitchen, "orders").isEmpty());
        assertThat(commit(kitchen, orders)).isEqualTo(new Outcome.Committed());
    }

    @Test
    void a_resource_that_turns_out_to_be_another_takes_no_branches_and_says_why() {
        service("shop", orders);
        NamedToy late = new NamedToy("orders", OTHER);
        late.answersNot();
        TransactionService kitchen = service("kitchen", late);
        GlobalTransaction transaction = kitchen.begin(LONG);

        late.is(OTHER);

        Eventually.soon("it is refused", () -> refusal(kitchen, "orders").contains("/assent/rms/orders"));
        assertThat(refusal(kitchen, "orders")).contains(ONE, OTHER);
        assertThatExceptionOfType(TransactionServiceException.class)
                .isThrownBy(() -> transaction.newBranch("orders"))
                .withMessageContaining(OTHER);
    }

    /** It would say that it knows no such branch, which passes for the end of one that is still prepared. */
    @Test
    void another_resource_of_the_same_name_is_no_way_to_end_a_branch() throws Exception {
        TransactionService bank = service("bank", payments);
        orders.answerCommitWith(new Completion.Retry("connection reset"));
        TransactionService shop = service("shop", orders);
        GlobalTransaction transaction = bank.begin(LONG);
        transaction.enlist(transaction.newBranch("payments"), payments);
        GlobalTransaction joined = shop.join(transaction.token());
        try (GlobalTransaction.Call call = joined.enter()) {
            assertThat(call).isNotNull();
            joined.enlist(joined.newBranch("orders"), orders);
        }
        NamedToy impostor = new NamedToy("orders", OTHER);
        impostor.answersNot();
        service("kitchen", impostor);
        CompletableFuture<Outcome> outcome = CompletableFuture.supplyAsync(transaction::commit);
        Eventually.soon("it is decided", () -> payments.count(State.COMMITTED) == 1);

        impostor.is(OTHER);
        shop.close();
        int questions = impostor.questions();
        Eventually.soon("the other one has been asked who it is", () -> impostor.questions() > questions + 1);

        assertThat(orders.prepared()).hasSize(1);
        assertThat(impostor.scans()).isZero();
        assertThat(impostor.calls()).isEmpty();
        orders.answerCommit();
        service("spare", orders);
        assertThat(outcome.get(180, TimeUnit.SECONDS)).isEqualTo(new Outcome.Committed());
        Eventually.soon("it is committed", () -> orders.count(State.COMMITTED) == 1);
    }

    @Test
    void a_name_goes_to_another_resource_by_the_operators_word() throws Exception {
        TransactionService shop = service("shop", orders);
        NamedToy restored = new NamedToy("orders", OTHER);
        restored.answersNot();
        TransactionService kitchen = service("kitchen", restored);
        restored.is(OTHER);
        Eventually.soon("it is refused", () -> refusal(kitchen, "orders").contains("/assent/rms/orders"));

        orders.is(OTHER); // as the service is pointed to where the dump was restored
        Eventually.soon("this is noticed", () -> refusal(shop, "orders").contains("/assent/rms/orders"));
        operator().delete("/assent/rms/orders", -1);

        Eventually.soon(
                "both take branches",
                () -> refusal(kitchen, "orders").isEmpty()
                        && refusal(shop, "orders").isEmpty());
    }

    @Test
    void one_name_that_cannot_be_read_keeps_no_other_name_from_being_compared() throws Exception {
        service("shop", orders);
        Id nobody = new Id("digest", "nobody:VBHvFHdHd8aBMLrS0ZO7kmXhHd8=");
        Object unused = operator()
                .setACL("/assent/rms/orders", Collections.singletonList(new ACL(ZooDefs.Perms.ALL, nobody)), -1);

        TransactionService kitchen = service("kitchen", new NamedToy("orders", ONE));
        List<ToyResource> others = new ArrayList<>();
        for (String name : List.of("a", "b", "n", "p", "x", "z", "stock", "payments")) {
            others.add(new NamedToy(name, ONE));
            kitchen.register(others.get(others.size() - 1));
        }

        assertThat(refusal(kitchen, "orders")).contains("not verified");
        for (ToyResource other : others) {
            Eventually.soon(other.name() + " takes branches", () -> refusal(kitchen, other.name())
                    .isEmpty());
        }
    }

    private ZooKeeper operator() throws Exception {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper operator = new ZooKeeper(ensemble.connectString(), 10_000, event -> {
            if (event.getState() == KeeperState.SyncConnected) {
                connected.countDown();
            }
        });
        open.push(operator);
        assertThat(connected.await(180, TimeUnit.SECONDS)).isTrue();
        return operator;
    }
}
