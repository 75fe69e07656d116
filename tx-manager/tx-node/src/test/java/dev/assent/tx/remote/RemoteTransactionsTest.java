package dev.assent.tx.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.api.TransactionService;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.TransactionToken;
import dev.assent.tx.model.Vote;
import dev.assent.tx.node.CoordinatorNode;
import dev.assent.tx.node.NodeConfig;
import dev.assent.tx.remote.agent.RemoteConfig;
import dev.assent.tx.remote.agent.RemoteTransactionService;
import dev.assent.tx.testing.ApacheZooKeeper;
import dev.assent.tx.testing.Eventually;
import dev.assent.tx.testing.ToyResource;
import dev.assent.tx.testing.ToyResource.State;
import io.grpc.ManagedChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes and two services in this JVM, over real connections and a real store. */
class RemoteTransactionsTest {
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    /** No deadline comes to the help of a test that takes its time. */
    private static final Duration LONG = Duration.ofMinutes(5);

    private static final long LIMIT_SECONDS = 180;

    @TempDir
    Path folder;

    private final ToyResource orders = new ToyResource("orders");
    private final ToyResource payments = new ToyResource("payments");
    private ApacheZooKeeper ensemble;
    private CoordinatorNode left;
    private CoordinatorNode right;
    private TransactionService shop;
    private TransactionService bank;

    @BeforeEach
    void start() throws Exception {
        ensemble = new ApacheZooKeeper(folder);
        left = node("left");
        right = node("right");
        shop = service("shop", orders);
        bank = service("bank", payments);
    }

    private CoordinatorNode node(String name) throws Exception {
        return CoordinatorNode.start(config(name, 0), progress -> {});
    }

    private NodeConfig config(String name, int port) {
        return new NodeConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                name,
                1,
                new NodeConfig.Coordination.Existing(ensemble.connectString()),
                new NodeConfig.Timing(
                        Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofSeconds(30), Duration.ofMillis(300)));
    }

    private TransactionService service(String name, ToyResource resource) {
        TransactionService service = RemoteTransactionService.connect(
                RemoteConfig.of("127.0.0.1:" + left.port() + ",127.0.0.1:" + right.port(), name));
        service.register(resource);
        return service;
    }

    @AfterEach
    void stop() {
        shop.close();
        bank.close();
        left.close();
        right.close();
        ensemble.close();
    }

    /** One branch in each service, with its work done. */
    private GlobalTransaction acrossBoth() {
        GlobalTransaction transaction = shop.begin(TIMEOUT);
        transaction.enlist(transaction.newBranch("orders"), orders);
        GlobalTransaction joined = bank.join(transaction.token());
        try (GlobalTransaction.Call call = joined.enter()) {
            assertThat(call).isNotNull();
            joined.enlist(joined.newBranch("payments"), payments);
        }
        return transaction;
    }

    private CoordinatorNode leader() {
        Eventually.soon(
                "one node leads", () -> left.led().isEmpty() != right.led().isEmpty());
        return left.led().isEmpty() ? right : left;
    }

    private CoordinatorNode other(CoordinatorNode node) {
        return node.equals(left) ? right : left;
    }

    /** The leader last, so that nobody takes its shard. */
    private void closeNodes() {
        CoordinatorNode leader = leader();
        other(leader).close();
        leader.close();
    }

    private void nothingStaysPrepared() {
        Eventually.soon(
                "nothing is prepared", () -> orders.count(State.PREPARED) + payments.count(State.PREPARED) == 0);
    }

    @Test
    void a_commit_across_two_services_commits_both() {
        GlobalTransaction transaction = acrossBoth();

        assertThat(transaction.commit()).isEqualTo(new Outcome.Committed());

        assertThat(orders.count(State.COMMITTED)).isEqualTo(1);
        assertThat(payments.count(State.COMMITTED)).isEqualTo(1);
        assertThat(bank.outcome(transaction.token())).isEqualTo(new Outcome.Committed());
    }

    @Test
    void both_services_hear_the_end_once_it_is_known() {
        GlobalTransaction transaction = acrossBoth();
        CompletableFuture<Outcome> heard = new CompletableFuture<>();
        bank.join(transaction.token()).onCompletion(heard::complete);

        assertThat(transaction.commit()).isEqualTo(new Outcome.Committed());

        Eventually.soon("the bank heard of it", heard::isDone);
        assertThat(heard).isCompletedWithValue(new Outcome.Committed());
    }

    @Test
    void what_a_branch_decided_by_itself_is_told_by_the_next_leader_too() {
        payments.answerCommitWith(new Completion.Heuristic(HeuristicOutcome.ROLLED_BACK, "operator"));
        GlobalTransaction transaction = acrossBoth();
        CoordinatorNode leader = leader();
        CoordinatorNode successor = other(leader);
        assertThat(transaction.commit()).isInstanceOf(Outcome.HeuristicMixed.class);

        leader.close();
        Eventually.soon("the other node leads", () -> !successor.led().isEmpty());

        Eventually.soon(
                "the successor can be asked", () -> !(bank.outcome(transaction.token()) instanceof Outcome.Unknown));
        assertThat(bank.outcome(transaction.token())).isInstanceOf(Outcome.HeuristicMixed.class);
    }

    /** Its service died while the database was preparing, so the rollback came before the branch was prepared. */
    @Test
    void a_branch_that_turns_out_prepared_after_its_service_died_is_ended_by_another_at_once() throws Exception {
        CompletableFuture<BranchId> asked = new CompletableFuture<>();
        ToyResource dying = new ToyResource("orders") {
            @Override
            public CompletionStage<Vote> prepare(BranchId branch) {
                asked.complete(branch);
                return new CompletableFuture<>();
            }
        };
        TransactionService kitchen = service("kitchen", dying);
        TransactionService spare = service("spare", orders);
        GlobalTransaction transaction = bank.begin(LONG);
        transaction.enlist(transaction.newBranch("payments"), payments);
        GlobalTransaction joined = kitchen.join(transaction.token());
        try (GlobalTransaction.Call call = joined.enter()) {
            assertThat(call).isNotNull();
            joined.enlist(joined.newBranch("orders"), dying);
        }
        CompletableFuture<Outcome> outcome = CompletableFuture.supplyAsync(transaction::commit);
        BranchId branch = asked.get(180, TimeUnit.SECONDS);

        kitchen.close();
        assertThat(outcome.get(180, TimeUnit.SECONDS)).isInstanceOf(Outcome.RolledBack.class);
        orders.turnsUpPrepared(branch);

        Eventually.soon("it is rolled back", () -> orders.count(State.ROLLED_BACK) == 1);
        spare.close();
    }

    @Test
    void a_business_rollback_rolls_back_both() {
        GlobalTransaction transaction = acrossBoth();

        assertThat(transaction.rollback("out of stock")).isEqualTo(new Outcome.RolledBack("out of stock"));

        assertThat(orders.calls()).containsExactly("rollback");
        Eventually.soon("the other service is told", () -> payments.calls().equals(List.of("rollback")));
    }

    @Test
    void a_no_of_one_service_rolls_back_both_and_is_told() {
        payments.voting(new Vote.Rollback("no money"));

        assertThat(acrossBoth().commit()).isEqualTo(new Outcome.RolledBack("no money"));

        nothingStaysPrepared();
        assertThat(orders.count(State.COMMITTED)).isZero();
    }

    @Test
    void a_joined_service_can_only_veto() {
        GlobalTransaction transaction = acrossBoth();
        bank.join(transaction.token()).setRollbackOnly("fraud");

        assertThat(transaction.commit()).isEqualTo(new Outcome.RolledBack("fraud"));
        assertThat(payments.calls()).doesNotContain("prepare", "commit");
    }

    @Test
    void a_service_with_a_call_under_way_votes_no() {
        GlobalTransaction transaction = acrossBoth();
        GlobalTransaction.Call call = bank.join(transaction.token()).enter();

        Outcome outcome = transaction.commit();
        call.close();

        assertThat(outcome)
                .isInstanceOfSatisfying(Outcome.RolledBack.class, rolledBack -> assertThat(rolledBack.cause())
                        .contains("still running"));
        assertThat(payments.calls()).doesNotContain("prepare");
        nothingStaysPrepared();
    }

    @Test
    void a_repeated_commit_hears_the_same_outcome() throws Exception {
        GlobalTransaction transaction = acrossBoth();

        CompletableFuture<Outcome> one = CompletableFuture.supplyAsync(transaction::commit);
        CompletableFuture<Outcome> two = CompletableFuture.supplyAsync(transaction::commit);

        assertThat(one.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(new Outcome.Committed());
        assertThat(two.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(new Outcome.Committed());
        assertThat(transaction.commit()).isEqualTo(new Outcome.Committed());
        assertThat(orders.calls()).containsExactly("prepare", "commit");
        assertThat(payments.calls()).containsExactly("prepare", "commit");
    }

    @Test
    void a_token_that_is_not_one_of_a_live_transaction_here_is_refused() {
        GlobalTransaction transaction = shop.begin(TIMEOUT);
        GlobalTxId id = GlobalTxId.fromHex(transaction.id());
        String token = transaction.token();
        char other = token.charAt(20) == 'A' ? 'B' : 'A';

        refused("hello", "not a transaction token");
        refused(token.substring(0, 20) + other + token.substring(21), "damaged");
        refused(token.substring(0, 30), "cut short");
        refused(
                TransactionToken.format(new GlobalTxId(
                        new ClusterId(~id.cluster().value()),
                        id.key(),
                        id.epoch(),
                        id.deadlineEpochMillis(),
                        id.unique())),
                "another cluster");
        refused(
                TransactionToken.format(new GlobalTxId(id.cluster(), id.key(), id.epoch(), 1, id.unique())),
                "past its deadline");
        refused(
                TransactionToken.format(new GlobalTxId(
                        id.cluster(),
                        new EpochKey(Authority.EMBEDDED_2PC, 0, 16),
                        0,
                        id.deadlineEpochMillis(),
                        id.unique())),
                "embedded mode");
        assertThat(transaction.rollback("done")).isInstanceOf(Outcome.RolledBack.class);
    }

    private void refused(String token, String why) {
        assertThatExceptionOfType(TransactionServiceException.class)
                .isThrownBy(() -> bank.join(token))
                .withMessageContaining(why)
                .matches(refusal -> !refusal.isRetrySafe());
    }

    @Test
    void a_resource_whose_name_no_node_would_take_is_refused_where_it_is_registered() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> shop.register(new ToyResource("orders of today")))
                .withMessageContaining("orders of today");
        assertThat(acrossBoth().commit()).isEqualTo(new Outcome.Committed());
    }

    @Test
    void a_token_that_nobody_began_cannot_be_joined() {
        GlobalTxId id = GlobalTxId.fromHex(shop.begin(TIMEOUT).id());
        String forged = TransactionToken.format(new GlobalTxId(
                id.cluster(), id.key(), id.epoch(), id.deadlineEpochMillis(), new GlobalTxId.Unique(1, 2)));

        refused(forged, "does not coordinate");
    }

    @Test
    void the_leader_stops_between_prepare_and_the_decision() throws Exception {
        GlobalTransaction transaction = acrossBoth();
        CoordinatorNode leader = leader();
        CoordinatorNode successor = other(leader);
        AtomicBoolean first = new AtomicBoolean(true);
        payments.whenPrepared(() -> {
            if (first.getAndSet(false)) {
                CompletableFuture<Void> unused = CompletableFuture.runAsync(leader::close);
                Eventually.soon("the other node leads", () -> !successor.led().isEmpty());
            }
        });

        Outcome outcome = CompletableFuture.supplyAsync(transaction::commit).get(LIMIT_SECONDS, TimeUnit.SECONDS);

        assertThat(outcome).isInstanceOf(Outcome.RolledBack.class);
        nothingStaysPrepared();
        assertThat(orders.count(State.COMMITTED) + payments.count(State.COMMITTED))
                .isZero();
        assertThat(acrossBoth().commit()).isEqualTo(new Outcome.Committed());
    }

    @Test
    void the_leader_stops_between_the_decision_and_the_last_commit() throws Exception {
        GlobalTransaction transaction = acrossBoth();
        CoordinatorNode leader = leader();
        CoordinatorNode successor = other(leader);
        payments.loseAnswers(Integer.MAX_VALUE);
        CompletableFuture<Outcome> outcome = CompletableFuture.supplyAsync(transaction::commit);
        Eventually.soon("it is decided", () -> orders.count(State.COMMITTED) == 1);

        CompletableFuture<Void> closed = CompletableFuture.runAsync(leader::close);
        Eventually.soon("the other node leads", () -> !successor.led().isEmpty());
        payments.loseAnswers(0);

        assertThat(outcome.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(new Outcome.Committed());
        nothingStaysPrepared();
        assertThat(payments.count(State.COMMITTED)).isEqualTo(1);
        assertThat(closed).succeedsWithin(Duration.ofSeconds(LIMIT_SECONDS));
    }

    @Test
    void the_leader_is_taken_for_dead_while_the_branches_prepare() throws Exception {
        GlobalTransaction transaction = acrossBoth();
        AtomicBoolean first = new AtomicBoolean(true);
        payments.whenPrepared(() -> {
            if (first.getAndSet(false)) {
                ensemble.expireSessions();
            }
        });

        Outcome outcome = CompletableFuture.supplyAsync(transaction::commit).get(LIMIT_SECONDS, TimeUnit.SECONDS);

        nothingStaysPrepared();
        long committed = orders.count(State.COMMITTED) + payments.count(State.COMMITTED);
        assertThat(outcome).isNotInstanceOf(Outcome.Unknown.class);
        assertThat(committed).isEqualTo(outcome instanceof Outcome.Committed ? 2 : 0);
    }

    @Test
    void targets_that_nobody_answers_are_named_in_time() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String target = "127.0.0.1:" + silent.getLocalPort();
            RemoteConfig config = new RemoteConfig(
                    List.of(target), "shop", Duration.ofMillis(300), Duration.ofSeconds(1), Duration.ofSeconds(1), 10);

            assertThatExceptionOfType(TransactionServiceException.class)
                    .isThrownBy(() -> RemoteTransactionService.connect(config).close())
                    .withMessageContaining(target)
                    .withMessageContaining("Start the nodes")
                    .matches(TransactionServiceException::isRetrySafe);
        }
    }

    @Test
    void a_rollback_that_no_node_can_be_told_is_certain_all_the_same() {
        GlobalTransaction transaction = shop.begin(TIMEOUT);
        transaction.enlist(transaction.newBranch("orders"), orders);
        closeNodes();

        assertThat(transaction.rollback("changed my mind")).isEqualTo(new Outcome.RolledBack("changed my mind"));

        assertThat(orders.calls()).contains("rollback");
    }

    @Test
    void a_transaction_that_is_forgotten_by_who_began_it_is_rolled_back_past_its_deadline_and_told() {
        Queue<Outcome> heard = new ConcurrentLinkedQueue<>();
        GlobalTransaction forgotten = shop.begin(Duration.ofSeconds(3));
        forgotten.enlist(forgotten.newBranch("orders"), orders);
        forgotten.onCompletion(heard::add);

        Eventually.soon("its end is told", () -> !heard.isEmpty());

        assertThat(heard).singleElement().isInstanceOf(Outcome.RolledBack.class);
        assertThat(orders.calls()).contains("rollback");
    }

    @Test
    void a_taken_port_is_named_with_the_remedy() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            NodeConfig config = config("third", taken.getLocalPort());

            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(
                            () -> CoordinatorNode.start(config, progress -> {}).close())
                    .withMessageContaining(String.valueOf(taken.getLocalPort()))
                    .withMessageContaining("listen=host:port");
        }
    }

    @Test
    void a_service_whose_clock_is_ahead_hears_that_it_is_the_clock() {
        RemoteConfig config = RemoteConfig.of("127.0.0.1:" + left.port(), "ahead");
        try (RemoteTransactionService ahead = RemoteTransactionService.connect(
                config,
                () -> System.currentTimeMillis() + TIMEOUT.toMillis() + 1_000,
                target -> ManagedChannelBuilder.forTarget(target).usePlaintext().build())) {
            GlobalTransaction transaction = shop.begin(TIMEOUT);

            assertThatExceptionOfType(TransactionServiceException.class)
                    .isThrownBy(() -> ahead.join(transaction.token()))
                    .withMessageContaining("past its deadline")
                    .withMessageContaining("this service's clock is")
                    .withMessageContaining("ahead of that of coordinator node left");
            assertThat(shop.join(transaction.token()).clockComplaint()).isEmpty();
            assertThat(transaction.rollback("looked at only")).isInstanceOf(Outcome.RolledBack.class);
        }
    }
}
