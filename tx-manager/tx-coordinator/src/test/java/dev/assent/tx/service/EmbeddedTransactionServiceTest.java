package dev.assent.tx.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.store.StoreConfig;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.coordinator.CoordinatorSettings;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.TransactionToken;
import dev.assent.tx.model.Vote;
import dev.assent.tx.testing.ApacheZooKeeper;
import dev.assent.tx.testing.Eventually;
import dev.assent.tx.testing.ToyResource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedTransactionServiceTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    @TempDir
    Path folder;

    private final ToyResource orders = new ToyResource("orders");
    private final ToyResource payments = new ToyResource("payments");
    private ApacheZooKeeper ensemble;
    private EmbeddedTransactionService service;

    @BeforeEach
    void start() throws IOException {
        ensemble = new ApacheZooKeeper(folder);
        service = startService();
    }

    private EmbeddedTransactionService startService() {
        EmbeddedTransactionService started = EmbeddedTransactionService.start(config());
        started.register(orders);
        started.register(payments);
        return started;
    }

    private TxConfig config() {
        return TxConfig.of(ensemble.connectString())
                .withStore(StoreConfig.of(ensemble.connectString()).withSessionTimeout(Duration.ofSeconds(30)))
                .withRecovery(new CoordinatorSettings.Recovery(Duration.ofMillis(200), Duration.ofMillis(50)));
    }

    @AfterEach
    void stop() {
        service.close();
        ensemble.close();
    }

    private GlobalTransaction begin(ToyResource... resources) {
        GlobalTransaction transaction = service.begin(TIMEOUT);
        for (ToyResource resource : resources) {
            transaction.enlist(transaction.newBranch(resource.name()), resource);
        }
        return transaction;
    }

    @Test
    void two_branches_commit_after_both_have_prepared() {
        GlobalTransaction transaction = begin(orders, payments);

        Outcome outcome = transaction.commit();

        assertThat(outcome).isEqualTo(new Outcome.Committed());
        assertThat(orders.calls()).containsExactly("prepare", "commit");
        assertThat(payments.calls()).containsExactly("prepare", "commit");
        assertThat(service.outcome(transaction.token())).isEqualTo(new Outcome.Committed());
    }

    @Test
    void a_committed_transaction_is_known_as_such_after_many_others_and_to_other_processes() {
        GlobalTransaction transaction = begin(orders, payments);
        assertThat(transaction.commit()).isEqualTo(new Outcome.Committed());

        for (int others = 0; others < 5_000; others++) {
            service.begin(TIMEOUT).rollback("nothing to do");
            assertThat(begin(orders).commit()).isEqualTo(new Outcome.Committed());
        }

        assertThat(service.outcome(transaction.token())).isEqualTo(new Outcome.Committed());
        EmbeddedTransactionService other = startService();
        assertThat(other.outcome(transaction.token())).isEqualTo(new Outcome.Committed());
        other.close();
    }

    @Test
    void a_branch_more_than_a_decision_can_name_is_refused_before_it_works() {
        GlobalTransaction transaction = service.begin(TIMEOUT);
        for (int branch = 0; branch < DecisionRecord.BRANCHES_MAX; branch++) {
            transaction.enlist(transaction.newBranch("orders"), orders);
        }

        assertThatThrownBy(() -> transaction.enlist(transaction.newBranch("orders"), orders))
                .isInstanceOf(TransactionServiceException.class)
                .hasMessageContaining(DecisionRecord.BRANCHES_MAX + " branches, as many as a decision can name");
        assertThat(transaction.commit()).isEqualTo(new Outcome.Committed());
    }

    @Test
    void a_refusal_rolls_everybody_back_and_names_its_cause() {
        payments.voting(new Vote.Rollback("no money"));

        Outcome outcome = begin(orders, payments).commit();

        assertThat(outcome).isEqualTo(new Outcome.RolledBack("no money"));
        assertThat(orders.count(ToyResource.State.ROLLED_BACK)).isEqualTo(1);
    }

    @Test
    void a_single_branch_is_committed_in_one_phase() {
        assertThat(begin(orders).commit()).isEqualTo(new Outcome.Committed());

        assertThat(orders.calls()).containsExactly("commitOnePhase");
    }

    @Test
    void read_only_branches_hear_nothing_after_their_vote() {
        payments.voting(new Vote.ReadOnly());

        assertThat(begin(orders, payments).commit()).isEqualTo(new Outcome.Committed());

        assertThat(payments.calls()).containsExactly("prepare");
    }

    @Test
    void a_branch_that_does_not_answer_is_told_to_commit_until_it_does() {
        payments.loseAnswers(3);

        assertThat(begin(orders, payments).commit()).isEqualTo(new Outcome.Committed());

        assertThat(payments.count(ToyResource.State.COMMITTED)).isEqualTo(1);
    }

    @Test
    void closing_does_not_wait_as_long_as_a_commit_would() throws Exception {
        service.close();
        service = EmbeddedTransactionService.start(config().withPatience(Duration.ofMinutes(5)));
        service.register(orders);
        service.register(payments);
        payments.loseAnswers(Integer.MAX_VALUE);
        GlobalTransaction transaction = begin(orders, payments);
        CompletableFuture<Outcome> outcome = CompletableFuture.supplyAsync(transaction::commit);
        Eventually.soon("it is decided", () -> orders.count(ToyResource.State.COMMITTED) == 1);

        assertThat(CompletableFuture.runAsync(service::close)).succeedsWithin(Duration.ofMinutes(1));

        assertThat(outcome.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(new Outcome.Committed());
    }

    @Test
    void a_branch_that_decided_by_itself_is_reported_and_kept() throws IOException {
        payments.answerCommitWith(new Completion.Heuristic(HeuristicOutcome.ROLLED_BACK, "operator"));

        Outcome outcome = begin(orders, payments).commit();

        assertThat(outcome).isInstanceOf(Outcome.HeuristicMixed.class);
        assertThat(service.heuristics().list()).singleElement().satisfies(entry -> assertThat(entry.resource())
                .isEqualTo("payments"));
    }

    @Test
    void a_branch_that_commits_by_itself_after_the_rollback_was_answered_is_told_to_those_who_ask() throws Exception {
        payments.answerRollbackWith(new Completion.Retry("away"));
        GlobalTransaction transaction = begin(orders, payments);
        assertThat(transaction.rollback("no money")).isEqualTo(new Outcome.RolledBack("no money"));

        payments.answerRollbackWith(new Completion.Heuristic(HeuristicOutcome.COMMITTED, "operator"));

        Eventually.within(
                LIMIT,
                "the outcome is told as mixed",
                () -> service.outcome(transaction.token()) instanceof Outcome.HeuristicMixed);
    }

    @Test
    void a_branch_ended_by_hand_under_a_commit_decision_is_told_and_kept() throws Exception {
        payments.answerCommitWith(new Completion.NotKnown());
        GlobalTransaction transaction = begin(orders, payments);

        assertThat(transaction.commit()).isInstanceOf(Outcome.HeuristicHazard.class);

        assertThat(service.heuristics().list()).singleElement().satisfies(entry -> {
            assertThat(entry.resource()).isEqualTo("payments");
            assertThat(entry.outcome()).isEqualTo(HeuristicOutcome.HAZARD);
            assertThat(entry.cause()).contains("by hand");
        });
        assertThat(service.outcome(transaction.token())).isInstanceOf(Outcome.HeuristicHazard.class);
    }

    /** However soon the deadline is: no clock tells who was at work. */
    @Test
    void a_branch_ended_by_hand_in_a_short_transaction_is_told_and_kept() throws IOException {
        payments.answerCommitWith(new Completion.NotKnown());
        GlobalTransaction transaction = service.begin(Duration.ofSeconds(10));
        transaction.enlist(transaction.newBranch("orders"), orders);
        transaction.enlist(transaction.newBranch("payments"), payments);

        assertThat(transaction.commit()).isInstanceOf(Outcome.HeuristicHazard.class);
        assertThat(service.heuristics().list()).hasSize(1);
    }

    /** Its clock is an hour ahead, so that for it every transaction is past its deadline. */
    @Test
    void a_branch_that_recovery_elsewhere_has_ended_by_the_record_is_not_taken_for_ended_by_hand() throws Exception {
        ToyResource elsewhere = new ToyResource("payments");
        payments.answerCommitWith(new Completion.Unsent("connection refused"));
        GlobalTransaction transaction = service.begin(TIMEOUT);
        BranchId branch = transaction.newBranch("payments");
        transaction.enlist(transaction.newBranch("orders"), orders);
        transaction.enlist(branch, payments);
        CompletableFuture<Outcome> outcome = CompletableFuture.supplyAsync(transaction::commit);
        Eventually.within(LIMIT, "it is decided", () -> payments.calls().contains("commit"));
        service.deregister("payments"); // whose part in recovery the other one takes

        try (EmbeddedTransactionService other = EmbeddedTransactionService.start(
                config(), () -> System.currentTimeMillis() + Duration.ofHours(1).toMillis())) {
            elsewhere.turnsUpPrepared(branch);
            other.register(elsewhere);
            Eventually.within(
                    LIMIT, "it is committed elsewhere", () -> elsewhere.count(ToyResource.State.COMMITTED) == 1);
            payments.answerCommitWith(new Completion.NotKnown());

            assertThat(outcome).succeedsWithin(LIMIT).isEqualTo(new Outcome.Committed());
        }
        assertThat(service.heuristics().list()).isEmpty();
    }

    @Test
    void a_branch_that_was_lost_while_no_telling_could_be_sent_is_not_told_as_committed() throws Exception {
        payments.answerCommitWith(new Completion.Unsent("connection refused"));
        GlobalTransaction transaction = begin(orders, payments);
        CompletableFuture<Outcome> outcome = CompletableFuture.supplyAsync(transaction::commit);
        Eventually.within(
                LIMIT,
                "it is told again",
                () -> payments.calls().stream().filter("commit"::equals).count() > 2);

        payments.answerCommitWith(new Completion.NotKnown());

        assertThat(outcome).succeedsWithin(LIMIT).isInstanceOf(Outcome.HeuristicHazard.class);
    }

    @Test
    void an_expired_transaction_is_rolled_back_without_being_asked() throws InterruptedException {
        GlobalTransaction transaction = service.begin(Duration.ofSeconds(2));
        transaction.enlist(transaction.newBranch("orders"), orders);
        transaction.enlist(transaction.newBranch("payments"), payments);

        Eventually.within(
                LIMIT,
                "both are rolled back",
                () -> orders.calls().contains("rollback") && payments.calls().contains("rollback"));

        assertThat(transaction.isRollbackOnly()).isTrue();
        assertThat(transaction.commit()).isInstanceOf(Outcome.RolledBack.class);
        assertThatThrownBy(() -> transaction.enlist(transaction.newBranch("orders"), orders))
                .isInstanceOf(TransactionServiceException.class);
    }

    @Test
    void a_call_under_way_makes_commit_roll_back() {
        GlobalTransaction transaction = begin(orders, payments);
        try (GlobalTransaction.Call call = transaction.enter()) {
            assertThat(call).isNotNull();
            assertThat(transaction.commit()).isInstanceOf(Outcome.RolledBack.class);
        }
    }

    @Test
    void listeners_hear_the_outcome_before_commit_returns() {
        GlobalTransaction transaction = begin(orders, payments);
        CompletableFuture<Outcome> heard = new CompletableFuture<>();
        transaction.onCompletion(heard::complete);

        Outcome outcome = transaction.commit();

        assertThat(heard).isCompletedWithValue(outcome);
    }

    @Test
    void a_coordinator_that_lost_its_session_is_fenced_and_its_prepared_work_rolled_back() throws Exception {
        payments.whenPrepared(() -> {
            payments.whenPrepared(() -> {});
            ensemble.expireSessions();
            awaitRolledBack(orders, 1);
        });

        Outcome outcome = begin(orders, payments).commit();

        assertThat(outcome).isInstanceOf(Outcome.RolledBack.class);
        Eventually.within(
                LIMIT,
                "no branch is in doubt",
                () -> orders.prepared().isEmpty() && payments.prepared().isEmpty());
        assertThat(orders.count(ToyResource.State.COMMITTED)).isZero();
        assertThat(payments.count(ToyResource.State.COMMITTED)).isZero();
        assertThat(commitUnderANewIncarnation()).isEqualTo(new Outcome.Committed());
    }

    private Outcome commitUnderANewIncarnation() throws InterruptedException {
        Eventually.within(LIMIT, "a new incarnation is held", () -> {
            try {
                service.begin(TIMEOUT).rollback("probe");
                return true;
            } catch (TransactionServiceException notYet) {
                return false;
            }
        });
        return begin(orders, payments).commit();
    }

    private static void awaitRolledBack(ToyResource resource, int count) {
        try {
            Eventually.within(
                    LIMIT, "recovery rolls back", () -> resource.count(ToyResource.State.ROLLED_BACK) >= count);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void a_commit_during_an_outage_is_unknown_to_the_impatient_and_ends_by_itself() throws Exception {
        EmbeddedTransactionService impatient =
                EmbeddedTransactionService.start(config().withPatience(Duration.ofMillis(300)));
        impatient.register(orders);
        impatient.register(payments);
        GlobalTransaction transaction = impatient.begin(TIMEOUT);
        transaction.enlist(transaction.newBranch("orders"), orders);
        transaction.enlist(transaction.newBranch("payments"), payments);
        CompletableFuture<Outcome> heard = new CompletableFuture<>();
        transaction.onCompletion(heard::complete);
        ensemble.stop();

        Outcome outcome = transaction.commit();
        assertThat(outcome).isInstanceOf(Outcome.Unknown.class);
        assertThat(heard).isNotDone();

        ensemble.start();
        Outcome learned = heard.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(learned).isEqualTo(new Outcome.Committed());
        assertThat(orders.count(ToyResource.State.COMMITTED)).isEqualTo(1);
        assertThat(payments.count(ToyResource.State.COMMITTED)).isEqualTo(1);
        impatient.close();
    }

    @Test
    void an_unreachable_ensemble_is_named_within_the_connect_timeout() {
        TxConfig nowhere = config().withStore(StoreConfig.of("127.0.0.1:1").withConnectTimeout(Duration.ofMillis(500)));

        assertThatThrownBy(() -> EmbeddedTransactionService.start(nowhere))
                .isInstanceOf(TransactionServiceException.class)
                .hasMessageContaining("127.0.0.1:1")
                .hasMessageContaining("start the ensemble");
    }

    @Test
    void tokens_that_are_damaged_foreign_or_not_for_us_are_refused_with_the_reason() {
        String token = service.begin(TIMEOUT).token();

        assertThatThrownBy(() -> service.outcome("Bearer abc")).hasMessageContaining("must begin with");
        assertThatThrownBy(() -> service.outcome(token.substring(0, token.length() - 6)))
                .hasMessageContaining("cut short");
        assertThatThrownBy(() -> service.join(token)).hasMessageContaining("embedded mode");
        assertThat(service.outcome(token)).isInstanceOf(Outcome.Unknown.class);
    }

    @Test
    void an_unregistered_resource_cannot_take_part() {
        GlobalTransaction transaction = service.begin(TIMEOUT);

        assertThatThrownBy(() -> transaction.newBranch("stranger")).hasMessageContaining("register");
    }

    @Test
    void a_branch_that_never_votes_costs_its_caller_no_more_than_its_patience() {
        EmbeddedTransactionService impatient =
                EmbeddedTransactionService.start(config().withPatience(Duration.ofMillis(300)));
        payments.neverAnswer();
        impatient.register(orders);
        impatient.register(payments);
        GlobalTransaction transaction = impatient.begin(Duration.ofMinutes(2));
        transaction.enlist(transaction.newBranch("orders"), orders);
        transaction.enlist(transaction.newBranch("payments"), payments);

        CompletableFuture<Outcome> outcome = CompletableFuture.supplyAsync(transaction::commit);

        assertThat(outcome).succeedsWithin(LIMIT).isInstanceOf(Outcome.Unknown.class);
        assertThat(CompletableFuture.runAsync(impatient::close)).succeedsWithin(Duration.ofMinutes(1));
    }

    @Test
    void at_the_deadline_a_branch_that_never_voted_is_cut_short_and_the_caller_hears_of_the_time_out() {
        service.close();
        service = EmbeddedTransactionService.start(config().withPatience(Duration.ofMinutes(5)));
        service.register(orders);
        service.register(payments);
        payments.neverAnswer();
        GlobalTransaction transaction = service.begin(Duration.ofSeconds(3));
        transaction.enlist(transaction.newBranch("orders"), orders);
        transaction.enlist(transaction.newBranch("payments"), payments);

        CompletableFuture<Outcome> outcome = CompletableFuture.supplyAsync(transaction::commit);

        assertThat(outcome)
                .succeedsWithin(LIMIT) // less than the patience
                .isInstanceOfSatisfying(Outcome.RolledBack.class, rolledBack -> assertThat(rolledBack.cause())
                        .contains("time-out of 3000 ms")
                        .contains("branch 2 of 2"));
        assertThat(payments.calls()).contains("cutShort");
        assertThat(orders.count(ToyResource.State.ROLLED_BACK)).isEqualTo(1);
    }

    /** More than there are threads of any kind. */
    @Test
    void resources_and_listeners_that_hang_keep_no_other_transaction_from_ending() {
        ToyResource hanging = new ToyResource("hanging");
        hanging.neverAnswer();
        service.register(hanging);
        CountDownLatch never = new CountDownLatch(1);
        try {
            for (int stuck = 0; stuck < 200; stuck++) {
                GlobalTransaction transaction = begin(hanging);
                CompletableFuture<Outcome> unused = CompletableFuture.supplyAsync(
                        transaction::commit, task -> new Thread(task, "stuck-caller").start());
            }
            for (int stuck = 0; stuck < 100; stuck++) {
                GlobalTransaction transaction = begin(orders);
                transaction.onCompletion(outcome -> {
                    try {
                        assertThat(never.await(5, TimeUnit.MINUTES)).isTrue();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
                new Thread(() -> transaction.commit(), "told-caller").start();
            }
            Eventually.soon("all hang", () -> hanging.calls().size() == 200);

            for (int other = 0; other < 100; other++) {
                GlobalTransaction transaction = begin(orders, payments);
                assertThat(CompletableFuture.supplyAsync(transaction::commit))
                        .succeedsWithin(LIMIT)
                        .isEqualTo(new Outcome.Committed());
            }
            GlobalTransaction late = service.begin(Duration.ofSeconds(2));
            late.enlist(late.newBranch("orders"), orders);
            Eventually.soon("a deadline is kept", () -> orders.calls().contains("rollback"));
        } finally {
            never.countDown();
        }
    }

    @Test
    void an_outcome_that_the_store_does_not_decide_is_unknown_here() {
        GlobalTxId own =
                TransactionToken.parse(service.begin(Duration.ofSeconds(5)).token());
        GlobalTxId other = new GlobalTxId(
                own.cluster(), new EpochKey(Authority.PAXOS_3PC, 0, 0), 0, own.deadlineEpochMillis(), own.unique());

        assertThat(service.outcome(TransactionToken.format(other))).isInstanceOf(Outcome.Unknown.class);
    }
}
