package dev.assent.tx.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.store.StoreConfig;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.ResourceIdentity;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.TransactionToken;
import dev.assent.tx.service.EmbeddedTransactionService;
import dev.assent.tx.service.TxConfig;
import dev.assent.tx.testing.ApacheZooKeeper;
import dev.assent.tx.testing.Eventually;
import dev.assent.tx.testing.ToyResource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What recovery does when znodes are odd, resources hang or go, and names are taken. */
class RecoveryTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** So long that only a watch can have been the cause of what happens. */
    private static final Duration NEVER = Duration.ofHours(1);

    @TempDir
    Path folder;

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final FlakyResource orders = new FlakyResource("orders");
    private final FlakyResource payments = new FlakyResource("payments");
    private ApacheZooKeeper ensemble;

    @BeforeEach
    void start() throws IOException {
        ensemble = new ApacheZooKeeper(folder);
    }

    @AfterEach
    void stop() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
        ensemble.close();
    }

    /** A resource that one process reaches and another may not. */
    private static final class FlakyResource extends ToyResource {
        private volatile Optional<ResourceIdentity> identity = Optional.empty();

        FlakyResource(String name) {
            super(name);
        }

        @Override
        public CompletionStage<Optional<ResourceIdentity>> identity() {
            return CompletableFuture.completedStage(identity);
        }

        /** The same resource as a process sees it that cannot reach it any more. */
        ToyResource seenBy(CompletionStage<List<BranchId>> scan) {
            return new ToyResource(name()) {
                @Override
                public CompletionStage<List<BranchId>> inDoubt() {
                    return scan;
                }
            };
        }
    }

    private EmbeddedTransactionService service(Duration interval, ToyResource... resources) {
        EmbeddedTransactionService service = EmbeddedTransactionService.start(TxConfig.of(ensemble.connectString())
                .withStore(StoreConfig.of(ensemble.connectString()).withSessionTimeout(Duration.ofSeconds(40)))
                .withRecovery(new CoordinatorSettings.Recovery(interval, Duration.ofMillis(50))));
        open.push(service);
        for (ToyResource resource : resources) {
            service.register(resource);
        }
        return service;
    }

    private EmbeddedTransactionService service(ToyResource... resources) {
        return service(Duration.ofMillis(200), resources);
    }

    private DeadCoordinator coordinator() throws IOException {
        DeadCoordinator coordinator = new DeadCoordinator(ensemble.connectString());
        open.push(coordinator);
        return coordinator;
    }

    private static long soon() {
        return System.currentTimeMillis() + 60_000;
    }

    private static long longAgo() {
        return System.currentTimeMillis() - 3_600_000;
    }

    private static void awaitCommitted(ToyResource resource, int count) {
        Eventually.soon("committed in " + resource.name(), () -> resource.count(ToyResource.State.COMMITTED) == count);
    }

    private static void awaitRolledBack(ToyResource resource, int count) {
        Eventually.soon(
                "rolled back in " + resource.name(), () -> resource.count(ToyResource.State.ROLLED_BACK) == count);
    }

    private ZooKeeper operator() throws Exception {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper operator = new ZooKeeper(ensemble.connectString(), 10_000, event -> {
            if (event.getState() == KeeperState.SyncConnected) {
                connected.countDown();
            }
        });
        open.push(operator);
        assertThat(connected.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return operator;
    }

    /** A child named {@code notes} under every znode that may have children. */
    private static void litter(ZooKeeper operator, String path) throws Exception {
        Stat stat = new Stat();
        for (String child : operator.getChildren(path, false, stat)) {
            litter(operator, path + "/" + child);
        }
        if (stat.getEphemeralOwner() == 0) {
            operator.create(
                    path + "/notes",
                    "do not delete".getBytes(StandardCharsets.UTF_8),
                    ZooDefs.Ids.OPEN_ACL_UNSAFE,
                    CreateMode.PERSISTENT);
        }
    }

    @Test
    void a_foreign_znode_under_each_of_ours_stops_no_recovery() throws Exception {
        EmbeddedTransactionService service = service(orders, payments);
        DeadCoordinator coordinator = coordinator();
        GlobalTxId decided = coordinator.prepare(soon(), orders, payments);
        coordinator.decide(decided, orders, payments);
        GlobalTxId undecided = coordinator.prepare(soon(), orders);
        litter(operator(), "/assent");

        coordinator.close();

        awaitCommitted(orders, 1);
        awaitCommitted(payments, 1);
        awaitRolledBack(orders, 1);
        assertThat(service.outcome(TransactionToken.format(decided))).isEqualTo(new Outcome.Committed());
        assertThat(service.outcome(TransactionToken.format(undecided)))
                .as("a prepared branch of it was rolled back here")
                .isInstanceOf(Outcome.RolledBack.class);
        assertThat(service.metrics().znodesSetAside()).isPositive();
    }

    @Test
    void a_record_that_cannot_be_read_leaves_its_branches_alone_and_no_others() throws Exception {
        EmbeddedTransactionService service = service(orders);
        DeadCoordinator coordinator = coordinator();
        GlobalTxId damaged = coordinator.prepare(soon(), orders);
        coordinator.decide(damaged, orders);
        GlobalTxId other = coordinator.prepare(soon(), orders);
        coordinator.decide(other, orders);
        ZooKeeper operator = operator();
        String path = find(operator, "/assent/tx", damaged.toHex()).orElseThrow();
        byte[] record = operator.getData(path, false, null);
        operator.setData(path, "MAYBE".getBytes(StandardCharsets.UTF_8), -1);

        coordinator.close();

        awaitCommitted(orders, 1);
        Eventually.soon("it is told", () -> service.metrics().branchesLeftAlone() >= 2);
        assertThat(orders.prepared()).containsExactly(DeadCoordinator.branch(damaged, orders));
        assertThat(service.outcome(TransactionToken.format(damaged)))
                .isInstanceOfSatisfying(Outcome.Unknown.class, unknown -> assertThat(unknown.cause())
                        .contains(path));
        operator.setData(path, record, -1);
        awaitCommitted(orders, 2);
    }

    private static Optional<String> find(ZooKeeper operator, String path, String name) throws Exception {
        for (String child : operator.getChildren(path, false)) {
            String below = path + "/" + child;
            Optional<String> found = child.equals(name) ? Optional.of(below) : find(operator, below, name);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    @Test
    void the_death_of_a_coordinator_is_noticed_without_waiting_for_the_next_pass() throws Exception {
        service(NEVER, orders, payments);
        DeadCoordinator coordinator = coordinator();
        GlobalTxId decided = coordinator.prepare(soon(), orders, payments);
        coordinator.decide(decided, orders, payments);
        coordinator.prepare(soon(), orders);

        coordinator.close();

        awaitCommitted(orders, 1);
        awaitCommitted(payments, 1);
        awaitRolledBack(orders, 1);
    }

    @Test
    void a_process_that_does_not_reach_a_resource_gives_its_role_to_one_that_does() throws Exception {
        CompletableFuture<List<BranchId>> scan = CompletableFuture.completedFuture(List.of());
        FlakyResource lost = orders;
        ToyResource seen = new ToyResource("orders") {
            @Override
            public CompletionStage<List<BranchId>> inDoubt() {
                return scan.isCompletedExceptionally() ? scan : CompletableFuture.completedStage(List.of());
            }
        };
        service(seen);
        Eventually.soon("the first process has the role", () -> holder("recovery-rm-orders"));
        service(NEVER, lost);
        DeadCoordinator coordinator = coordinator();
        coordinator.prepare(soon(), orders);
        scan.obtrudeException(new IOException("the database is gone"));

        coordinator.close();

        awaitRolledBack(orders, 1);
    }

    private boolean holder(String role) {
        try {
            return operator().exists("/assent/leaders/" + role, false) != null;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void a_resource_that_hangs_costs_its_role_and_holds_up_no_other() throws Exception {
        service(orders.seenBy(new CompletableFuture<>()), payments);
        DeadCoordinator coordinator = coordinator();
        coordinator.prepare(soon(), orders, payments);

        coordinator.close();

        awaitRolledBack(payments, 1);
        service(orders);
        awaitRolledBack(orders, 1);
    }

    @Test
    void a_process_that_may_end_no_branch_lets_another_try() throws Exception {
        orders.answerRollbackWith(new Completion.Retry("permission denied"));
        service(new ToyResource("orders") {
            @Override
            public CompletionStage<List<BranchId>> inDoubt() {
                return orders.inDoubt();
            }

            @Override
            public CompletionStage<Completion> rollback(BranchId branch) {
                return orders.rollback(branch);
            }
        });
        DeadCoordinator coordinator = coordinator();
        coordinator.prepare(soon(), orders);
        coordinator.close();
        Eventually.soon("it was refused", () -> orders.calls().contains("rollback"));

        service(new ToyResource("orders") {
            @Override
            public CompletionStage<List<BranchId>> inDoubt() {
                return orders.inDoubt();
            }

            @Override
            public CompletionStage<Completion> rollback(BranchId branch) {
                orders.allowRollback();
                return orders.rollback(branch);
            }
        });

        awaitRolledBack(orders, 1);
    }

    @Test
    void records_and_epochs_of_the_dead_go_when_nobody_asks_for_them_any_more() throws Exception {
        service(orders);
        DeadCoordinator coordinator = coordinator();
        GlobalTxId old = coordinator.prepare(longAgo(), orders, payments);
        coordinator.decide(old, orders, payments);
        coordinator.close();
        awaitCommitted(orders, 1);
        ZooKeeper operator = operator();

        assertThat(find(operator, "/assent/tx", old.toHex()))
                .as("nobody has looked into payments")
                .isPresent();
        service(payments);

        awaitCommitted(payments, 1);
        Eventually.soon("the record and its epoch are gone", () -> folders(operator) == 2);
    }

    /** As another process does that collects for a while, when this one's session has ended. */
    @Test
    void a_question_that_was_replaced_is_put_again() throws Exception {
        service(orders);
        DeadCoordinator coordinator = coordinator();
        GlobalTxId old = coordinator.prepare(longAgo(), orders, payments);
        coordinator.decide(old, orders, payments);
        coordinator.close();
        awaitCommitted(orders, 1);
        String asked = "/assent/recovery/asked/" + new ResourceName("payments").hash();
        Eventually.soon("it is asked after the branch", () -> ensemble.children("/assent/recovery/asked")
                .contains(new ResourceName("payments").hash().toString()));
        ZooKeeper operator = operator();
        operator.setData(asked, operator.getData(asked, false, null), -1);

        service(payments);

        awaitCommitted(payments, 1);
        Eventually.soon("the record and its epoch are gone", () -> folders(operator) == 2);
    }

    @Test
    void a_question_of_a_collector_that_died_does_not_stay_on_the_board() throws Exception {
        coordinator().close();
        ZooKeeper operator = operator();
        for (String folder : List.of("asked", "answered")) {
            operator.create(
                    "/assent/recovery/" + folder + "/" + new ResourceName("payments").hash(),
                    new byte[0],
                    ZooDefs.Ids.OPEN_ACL_UNSAFE,
                    CreateMode.PERSISTENT);
        }

        service(orders);

        Eventually.soon(
                "nothing is asked nor answered",
                () -> ensemble.children("/assent/recovery/asked").isEmpty()
                        && ensemble.children("/assent/recovery/answered").isEmpty());
    }

    private static int folders(ZooKeeper operator) {
        try {
            return operator.getChildren("/assent/tx", false).size();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void recovery_does_not_tell_branches_that_this_process_is_ending_itself() throws Exception {
        EmbeddedTransactionService service = service(orders, payments);
        payments.answerCommitWith(new Completion.Retry("away"));
        GlobalTransaction transaction = service.begin(Duration.ofSeconds(3));
        transaction.enlist(transaction.newBranch("orders"), orders);
        transaction.enlist(transaction.newBranch("payments"), payments);
        CompletableFuture<Outcome> outcome = CompletableFuture.supplyAsync(transaction::commit);
        Eventually.soon("it is decided", () -> orders.count(ToyResource.State.COMMITTED) == 1);
        Eventually.soon(
                "its deadline is over",
                () -> System.currentTimeMillis() > transaction.deadline().toEpochMilli());
        int scans = orders.scans();

        Eventually.soon("several passes are over", () -> orders.scans() > scans + 5);

        assertThat(orders.calls()).containsExactly("prepare", "commit");
        payments.answerCommit();
        assertThat(outcome.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(new Outcome.Committed());
        assertThat(service.metrics().recoveredCommits()).isZero();
    }

    @Test
    void one_name_is_not_used_for_two_resources_in_two_processes() {
        orders.identity = Optional.of(new ResourceIdentity("system 1 database 5"));
        service(orders);
        FlakyResource other = new FlakyResource("orders");
        other.identity = Optional.of(new ResourceIdentity("system 2 database 5"));

        assertThatThrownBy(() -> service(other))
                .isInstanceOf(TransactionServiceException.class)
                .hasMessageContaining("system 1 database 5")
                .hasMessageContaining("system 2 database 5")
                .hasMessageContaining("/assent/rms/orders");
    }

    @Test
    void one_name_is_not_used_for_two_resources_in_one_process() {
        orders.identity = Optional.of(new ResourceIdentity("system 1 database 5"));
        EmbeddedTransactionService service = service(orders);
        FlakyResource other = new FlakyResource("orders");
        other.identity = Optional.of(new ResourceIdentity("system 2 database 5"));

        assertThatThrownBy(() -> service.register(other)).isInstanceOf(TransactionServiceException.class);

        GlobalTransaction transaction = service.begin(Duration.ofMinutes(5));
        assertThat(transaction.newBranch("orders")).isNotNull();
    }

    @Test
    void a_resource_that_turns_out_to_be_another_is_not_recovered_and_takes_no_branches() throws Exception {
        orders.identity = Optional.of(new ResourceIdentity("system 1 database 5"));
        service(orders);
        FlakyResource other = new FlakyResource("orders");
        EmbeddedTransactionService service = service(other);
        DeadCoordinator coordinator = coordinator();
        coordinator.prepare(soon(), orders);
        coordinator.prepare(soon(), other);

        other.identity = Optional.of(new ResourceIdentity("system 2 database 5"));
        Eventually.soon("it is noticed", () -> {
            try {
                service.begin(Duration.ofMinutes(5)).newBranch("orders");
                return false;
            } catch (TransactionServiceException refused) {
                return String.valueOf(refused.getMessage()).contains("system 2 database 5");
            }
        });
        coordinator.close();

        awaitRolledBack(orders, 1);
        assertThat(other.prepared()).hasSize(1);
    }
}
