package dev.assent.rm.atomikos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.atomikos.datasource.RecoverableResource;
import com.atomikos.recovery.LogWriteException;
import com.atomikos.recovery.PendingTransactionRecord;
import com.atomikos.recovery.TxState;
import dev.assent.coordination.server.FreePorts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The log against a real znode server, ours and Apache's, with resources in memory. */
@Timeout(240)
@ParameterizedClass
@EnumSource
class ReplicatedLogTest {
    private static final String TM = "shop";
    private static final Duration AGES = Duration.ofHours(1);

    private final StoreMake make;

    @TempDir
    private Path directory;

    private final List<RecoverableResource> resources = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private StoreMake.RunningStore store;
    private long counter;

    ReplicatedLogTest(StoreMake make) {
        this.make = make;
    }

    @BeforeEach
    void startStore() throws Exception {
        store = make.start(directory);
        opened.add(store);
    }

    @AfterEach
    void closeAll() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    @Test
    void a_branch_with_a_decision_of_a_dead_process_is_committed_and_its_decision_then_deleted() throws Exception {
        PreparedBranches orders = resource("orders");
        String id = newId();
        open(AGES).write(committing(id));
        orders.prepare(id, TM);

        ReplicatedLog next = open(AGES);
        assertThat(next.isActive()).isTrue();

        assertThat(orders.committed()).containsExactly(id);
        awaitNoDecisions();
    }

    @Test
    void a_branch_without_a_decision_of_a_dead_process_is_rolled_back_at_once() throws Exception {
        PreparedBranches orders = resource("orders");
        open(AGES);
        String id = newId();
        orders.prepare(id, TM);

        open(AGES).isActive();

        assertThat(orders.rolledBack()).containsExactly(id);
    }

    @Test
    void an_undecided_branch_of_this_process_is_left_alone_until_it_is_old() throws Exception {
        PreparedBranches orders = resource("orders");
        ReplicatedLog log = open(AGES);
        String id = newIdAfter(System.currentTimeMillis() + 1_000);
        orders.prepare(id, TM);

        log.isActive();

        assertThat(orders.prepared()).containsExactly(id);
    }

    @Test
    void a_commit_that_comes_after_recovery_aborted_its_transaction_is_refused() throws Exception {
        PreparedBranches orders = resource("orders");
        ReplicatedLog log = open(Duration.ofMillis(1));
        String id = newIdAfter(System.currentTimeMillis() + 1_000);
        orders.prepare(id, TM);
        Await.until(
                "the branch is rolled back",
                () -> log.isActive() && orders.rolledBack().contains(id));

        assertThatThrownBy(() -> log.write(committing(id)))
                .isInstanceOf(LogWriteException.class)
                .hasMessageContaining("was rolled back")
                .hasMessageContaining("com.atomikos.icatch.max_timeout");
        assertThat(decisions()).isEmpty();
    }

    @Test
    void a_process_whose_log_was_taken_over_cannot_commit_any_more_and_is_told_by_whom() throws Exception {
        ReplicatedLog zombie = open(AGES);
        ReplicatedLog owner = open(AGES);

        assertThatThrownBy(() -> zombie.write(committing(newId())))
                .isInstanceOf(LogWriteException.class)
                .hasMessageContaining("process " + ProcessHandle.current().pid())
                .hasMessageContaining("com.atomikos.icatch.tm_unique_name");
        assertThat(decisions()).isEmpty();
        assertThat(zombie.isActive()).isFalse();
        assertThat(owner.isActive()).isTrue();
    }

    @Test
    void a_process_whose_log_was_taken_over_rolls_nothing_back() throws Exception {
        PreparedBranches orders = resource("orders");
        ReplicatedLog zombie = open(Duration.ofMillis(1));
        open(AGES);
        String ofTheNewOwner = newId();
        orders.prepare(ofTheNewOwner, TM);

        assertThat(zombie.isActive()).isFalse();
        assertThat(zombie.isActive()).isFalse();
        assertThat(orders.prepared()).containsExactly(ofTheNewOwner);
    }

    @Test
    void a_decision_stays_while_a_resource_that_may_hold_a_branch_has_not_been_asked() throws Exception {
        PreparedBranches orders = resource("orders");
        PreparedBranches payments = resource("payments");
        String id = newId();
        open(AGES).write(committing(id));
        payments.prepare(id, TM);

        resources.remove(payments);
        ReplicatedLog next = open(AGES);
        assertThat(next.isActive()).isTrue();
        assertThat(decisions()).containsExactly(id);

        resources.add(payments);
        assertThat(next.isActive()).isTrue();
        assertThat(payments.committed()).containsExactly(id);
        assertThat(orders.rolledBack()).isEmpty();
        awaitNoDecisions();
    }

    @Test
    void branches_of_a_name_that_begins_alike_are_not_touched() throws Exception {
        PreparedBranches orders = resource("orders");
        String foreign = "shop2" + "1700000000000" + "00001";
        orders.prepare(foreign, "shop2");

        open(Duration.ofMillis(1)).isActive();

        assertThat(orders.prepared()).containsExactly(foreign);
    }

    @Test
    void a_terminated_transaction_leaves_nothing_behind() throws Exception {
        ReplicatedLog log = open(AGES);
        PendingTransactionRecord entry = committing(newId());
        log.write(entry);
        assertThat(decisions()).containsExactly(entry.id);

        log.write(entry.markAsTerminated());

        awaitNoDecisions();
        assertThat(log.getPendingTransactionRecords()).isEmpty();
    }

    @Test
    void a_subtransaction_follows_its_superior() throws Exception {
        PreparedBranches orders = resource("orders");
        ReplicatedLog dying = open(AGES);
        String superior = newId();
        String committed = newId();
        String undecided = newId();
        dying.write(new PendingTransactionRecord(committed, TxState.IN_DOUBT, Long.MAX_VALUE / 2, TM, superior));
        dying.write(new PendingTransactionRecord(undecided, TxState.IN_DOUBT, Long.MAX_VALUE / 2, TM, newId()));
        dying.write(committing(superior));
        orders.prepare(committed, TM);
        orders.prepare(undecided, TM);

        open(AGES).isActive();

        assertThat(orders.committed()).containsExactly(committed);
        assertThat(orders.rolledBack()).containsExactly(undecided);
        awaitNoDecisions();
    }

    @Test
    void a_vote_for_a_foreign_superior_is_kept_until_that_one_decides() throws Exception {
        PreparedBranches orders = resource("orders");
        ReplicatedLog dying = open(AGES);
        String id = newId();
        dying.write(new PendingTransactionRecord(id, TxState.IN_DOUBT, 1, "elsewhere", "http://elsewhere/tx/1"));
        orders.prepare(id, TM);

        ReplicatedLog next = open(Duration.ofMillis(1));
        next.isActive();
        next.isActive();
        assertThat(orders.prepared()).containsExactly(id);

        next.recordAsCommitting(id);
        ReplicatedLog last = open(AGES);
        last.isActive();
        assertThat(orders.committed()).containsExactly(id);
    }

    @Test
    void a_commit_whose_answer_is_lost_is_reported_as_unknown_and_settled_by_recovery() throws Exception {
        PreparedBranches orders = resource("orders");
        try (LossyLink link = new LossyLink(store.port())) {
            ReplicatedLog log = open(settings(link.connect(), TM, AGES, Duration.ofSeconds(4)));
            log.write(committing(newId()));
            String id = newId();
            orders.prepare(id, TM);

            link.swallowAnswers();
            assertThatThrownBy(() -> log.write(committing(id)))
                    .isInstanceOf(CommitOutcomeUnknown.class)
                    .hasMessageContaining(id);
            link.cut();
            link.restore();

            Await.until(
                    "the branch is committed",
                    () -> log.isActive() && orders.committed().contains(id));
        }
    }

    @Test
    void a_commit_is_repeated_when_the_connection_breaks_under_it() throws Exception {
        try (LossyLink link = new LossyLink(store.port())) {
            ReplicatedLog log = open(settings(link.connect(), TM, AGES, Duration.ofMinutes(2)));
            String id = newId();
            link.swallowAnswers();
            Thread breaker = new Thread(() -> {
                Await.until("the decision is in the store", () -> decisions().contains(id));
                breakAndRestore(link);
            });
            breaker.start();

            log.write(committing(id));

            breaker.join();
            assertThat(decisions()).containsExactly(id);
        }
    }

    @Test
    void an_ensemble_that_does_not_answer_is_reported_in_time_and_by_its_address() throws Exception {
        int free = new FreePorts(new Random()).next();
        LogSettings nowhere = new LogSettings(
                "127.0.0.1:" + free, TM, TM, Optional.empty(), Duration.ofMillis(500), Duration.ofSeconds(1), AGES);

        assertThatThrownBy(() -> ReplicatedLog.open(nowhere, () -> resources))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("127.0.0.1:" + free)
                .hasMessageContaining("dev.assent.coordination.connect");
    }

    @Test
    void the_log_of_another_name_is_not_opened() throws Exception {
        open(AGES);
        LogSettings other = settings(store.connect(), "warehouse", AGES, Duration.ofSeconds(60));

        assertThatThrownBy(() -> ReplicatedLog.open(other, () -> resources))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("dev.assent.atomikos.log");
    }

    @Test
    void a_second_log_of_the_same_name_is_not_made() throws Exception {
        open(AGES);
        LogSettings first = settings(store.connect(), TM, AGES, Duration.ofSeconds(60));
        LogSettings second = new LogSettings(
                first.connect(), "second", TM, Optional.empty(), first.connectTimeout(), first.decisionTimeout(), AGES);

        assertThatThrownBy(() -> ReplicatedLog.open(second, () -> resources))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("dev.assent.atomikos.log=" + TM);
    }

    @Test
    void with_credentials_nobody_else_reads_or_writes_the_log() throws Exception {
        LogSettings open = settings(store.connect(), TM, AGES, Duration.ofSeconds(60));
        LogSettings secured = new LogSettings(
                open.connect(),
                "secured",
                TM,
                Optional.of("digest:shop:secret"),
                open.connectTimeout(),
                open.decisionTimeout(),
                AGES);
        ReplicatedLog log = open(secured);
        log.write(committing(newId()));
        LogSettings stranger = new LogSettings(
                open.connect(), "secured", TM, Optional.empty(), open.connectTimeout(), open.decisionTimeout(), AGES);

        assertThatThrownBy(() -> ReplicatedLog.open(stranger, () -> resources))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("dev.assent.coordination.auth");
        assertThat(secured.toString()).doesNotContain("secret");
        assertThat(open(open).isActive())
                .as("others keep logs of their own beside it")
                .isTrue();
    }

    private static void breakAndRestore(LossyLink link) {
        link.cut();
        link.restore();
    }

    private PreparedBranches resource(String name) {
        PreparedBranches resource = new PreparedBranches(name);
        resources.add(resource);
        return resource;
    }

    private ReplicatedLog open(Duration orphanAge) throws IOException {
        return open(settings(store.connect(), TM, orphanAge, Duration.ofSeconds(60)));
    }

    private ReplicatedLog open(LogSettings settings) throws IOException {
        ReplicatedLog log = ReplicatedLog.open(settings, () -> resources);
        opened.add(log);
        return log;
    }

    private static LogSettings settings(String connect, String tm, Duration orphanAge, Duration decisionTimeout) {
        return new LogSettings(connect, TM, tm, Optional.empty(), Duration.ofSeconds(60), decisionTimeout, orphanAge);
    }

    private static PendingTransactionRecord committing(String id) {
        return new PendingTransactionRecord(id, TxState.COMMITTING, 1, TM);
    }

    /** An id as old as the epoch of the test, so that it is older than the log that is opened next. */
    private String newId() {
        return newIdAfter(1_600_000_000_000L);
    }

    private String newIdAfter(long millis) {
        counter++;
        return TM + millis + String.format("%05d", counter);
    }

    private void awaitNoDecisions() {
        Await.until("all decisions are deleted", () -> decisions().isEmpty());
    }

    private List<String> decisions() throws Exception {
        ZooKeeper client = new ZooKeeper(store.connect(), 10_000, event -> {});
        try {
            return client.getChildren("/assent/atomikos/" + TM + "/commits", false);
        } finally {
            client.close();
        }
    }
}
