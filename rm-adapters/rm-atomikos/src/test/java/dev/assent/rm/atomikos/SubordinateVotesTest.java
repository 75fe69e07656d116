package dev.assent.rm.atomikos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.atomikos.datasource.RecoverableResource;
import com.atomikos.recovery.LogWriteException;
import com.atomikos.recovery.PendingTransactionRecord;
import com.atomikos.recovery.TxState;
import dev.assent.tx.bulkhead.Bulkhead;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.HeuristicOutcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import javax.transaction.xa.XAException;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Votes for Assent transactions in a real log, with resources in memory: what recovery does with them, and what not. */
@Timeout(240)
class SubordinateVotesTest {
    private static final String TM = "shop";

    @TempDir
    private Path directory;

    private final List<RecoverableResource> resources = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final PreparedBranches orders = new PreparedBranches("orders");
    private final PreparedBranches payments = new PreparedBranches("payments");
    private StoreMake.RunningStore store;
    private long counter;

    @BeforeEach
    void start() throws Exception {
        store = StoreMake.ASSENT.start(directory);
        opened.add(store);
        resources.addAll(List.of(orders, payments));
    }

    @AfterEach
    void closeAll() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    /** Every undecided branch is old enough to be given up. */
    private ReplicatedLog open() throws IOException {
        ReplicatedLog log = ReplicatedLog.open(
                new LogSettings(
                        store.connect(),
                        TM,
                        TM,
                        Optional.empty(),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        Duration.ofMillis(1)),
                () -> resources);
        opened.add(log);
        return log;
    }

    private static BranchId branch(String text) {
        return new BranchId(BranchId.FORMAT_ID, text.getBytes(StandardCharsets.UTF_8), new byte[] {1});
    }

    /** Prepared in both resources, and voted for. */
    private String vote(ReplicatedLog log, BranchId branch) throws LogWriteException {
        String id = newId();
        orders.prepare(id, TM);
        payments.prepare(id, TM);
        log.write(voting(id, branch));
        return id;
    }

    private static PendingTransactionRecord voting(String id, BranchId branch) {
        return new PendingTransactionRecord(
                id, TxState.IN_DOUBT, 1, TM, new Superior(branch, Set.of("orders", "payments")).uri());
    }

    private String newId() {
        counter++;
        return TM + 1_600_000_000_000L + String.format("%05d", counter);
    }

    @Test
    void what_has_voted_is_in_doubt_and_never_ended_before_its_superior_speaks() throws Exception {
        ReplicatedLog log = open();
        String id = vote(log, branch("a"));
        for (int pass = 0; pass < 3; pass++) {
            assertThat(log.isActive()).isTrue();
        }
        ReplicatedLog next = open();
        for (int pass = 0; pass < 3; pass++) {
            assertThat(next.isActive()).isTrue();
        }

        assertThat(orders.prepared()).containsExactly(id);
        assertThat(payments.prepared()).containsExactly(id);
        assertThat(next.subordinates().inDoubt()).containsExactly(branch("a"));
    }

    @Test
    void the_next_process_ends_it_in_every_resource_as_it_is_told() throws Exception {
        ReplicatedLog dying = open();
        String committed = vote(dying, branch("a"));
        String rolledBack = vote(dying, branch("b"));

        SubordinateVotes votes = open().subordinates();
        assertThat(votes.end(branch("a"), Decision.COMMIT)).isEqualTo(new Completion.Done());
        assertThat(votes.end(branch("b"), Decision.ABORT)).isEqualTo(new Completion.Done());

        assertThat(orders.committed()).containsExactly(committed);
        assertThat(payments.committed()).containsExactly(committed);
        assertThat(orders.rolledBack()).containsExactly(rolledBack);
        assertThat(payments.rolledBack()).containsExactly(rolledBack);
        assertThat(votes.inDoubt()).isEmpty();
        assertThat(votes.end(branch("a"), Decision.COMMIT)).isEqualTo(new Completion.NotKnown());
    }

    @Test
    void it_has_not_ended_while_a_resource_that_holds_work_of_it_cannot_be_asked() throws Exception {
        ReplicatedLog log = open();
        String id = vote(log, branch("a"));
        resources.remove(payments);
        SubordinateVotes votes = log.subordinates();

        Completion answer = votes.end(branch("a"), Decision.COMMIT);
        assertThat(answer).isInstanceOf(Completion.Retry.class).asString().contains("[payments]");
        assertThat(orders.committed()).containsExactly(id);
        assertThat(votes.inDoubt()).containsExactly(branch("a"));

        resources.add(payments);
        assertThat(votes.end(branch("a"), Decision.COMMIT)).isEqualTo(new Completion.Done());
        assertThat(payments.committed()).containsExactly(id);
    }

    @Test
    void a_resource_that_is_gone_holds_up_no_vote_that_has_no_work_there() throws Exception {
        ReplicatedLog log = open();
        String id = newId();
        orders.prepare(id, TM);
        log.write(new PendingTransactionRecord(
                id, TxState.IN_DOUBT, 1, TM, new Superior(branch("a"), Set.of("orders")).uri()));
        resources.remove(payments);

        assertThat(log.subordinates().end(branch("a"), Decision.COMMIT)).isEqualTo(new Completion.Done());
    }

    @Test
    void nor_while_one_cannot_be_asked_that_only_its_vote_names() throws Exception {
        resources.remove(payments);
        ReplicatedLog log = open();
        String id = vote(log, branch("a"));
        SubordinateVotes votes = log.subordinates();

        assertThat(votes.end(branch("a"), Decision.COMMIT)).isInstanceOf(Completion.Retry.class);
        assertThat(log.isActive()).isTrue();
        assertThat(votes.inDoubt()).containsExactly(branch("a"));
        assertThat(payments.prepared()).containsExactly(id);
    }

    @Test
    void a_resource_that_does_not_answer_holds_up_what_has_work_there_and_nothing_else() throws Exception {
        CountDownLatch answers = new CountDownLatch(1);
        PreparedBranches hung = new PreparedBranches("hung", answers);
        resources.add(hung);
        ReplicatedLog log = open();
        String elsewhere = vote(log, branch("elsewhere"));
        String there = newId();
        orders.prepare(there, TM);
        log.write(new PendingTransactionRecord(
                there, TxState.IN_DOUBT, 1, TM, new Superior(branch("there"), Set.of("orders", "hung")).uri()));
        String undecided = newId();
        orders.prepare(undecided, TM);
        SubordinateVotes votes = log.subordinates();

        assertThat(votes.end(branch("elsewhere"), Decision.COMMIT)).isEqualTo(new Completion.Done());
        assertThat(votes.end(branch("there"), Decision.COMMIT)).asString().contains("[hung]");
        assertThat(orders.committed()).containsExactlyInAnyOrder(elsewhere, there);
        assertThat(orders.rolledBack()).containsExactly(undecided);
        assertThat(votes.inDoubt()).containsExactly(branch("there"));

        answers.countDown();
        Await.until("it has answered", () -> votes.end(branch("there"), Decision.COMMIT) instanceof Completion.Done);
    }

    @Test
    void a_process_whose_log_was_taken_over_answers_for_nobody() throws Exception {
        ReplicatedLog zombie = open();
        vote(zombie, branch("a"));
        ReplicatedLog owner = open();
        vote(owner, branch("b"));

        assertThatThrownBy(() -> zombie.subordinates().inDoubt())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("took over");
        assertThat(zombie.subordinates().end(branch("a"), Decision.COMMIT)).isInstanceOf(Completion.Unsent.class);
        assertThat(commit(participant(zombie.subordinates()), "b"))
                .as("a successor's vote is not called unknown")
                .isInstanceOf(Completion.Unsent.class);
        assertThat(orders.committed()).isEmpty();
        assertThat(owner.subordinates().inDoubt()).containsExactlyInAnyOrder(branch("a"), branch("b"));
    }

    @Test
    void what_resources_did_by_themselves_is_told_until_it_may_be_forgotten() throws Exception {
        ReplicatedLog log = open();
        String mixed = vote(log, branch("mixed"));
        payments.answers(mixed, XAException.XA_HEURRB);
        String all = vote(log, branch("all"));
        orders.answers(all, XAException.XA_HEURRB);
        payments.answers(all, XAException.XA_HEURRB);
        SubordinateVotes votes = log.subordinates();

        assertThat(votes.end(branch("mixed"), Decision.COMMIT)).isEqualTo(alone(mixed, HeuristicOutcome.MIXED));
        assertThat(votes.end(branch("all"), Decision.COMMIT)).isEqualTo(alone(all, HeuristicOutcome.ROLLED_BACK));
        assertThat(votes.inDoubt()).containsExactlyInAnyOrder(branch("mixed"), branch("all"));

        assertThat(votes.forget(branch("mixed"))).isEqualTo(new Completion.Done());
        assertThat(votes.forget(branch("all"))).isEqualTo(new Completion.Done());
        assertThat(votes.inDoubt()).isEmpty();
        assertThat(payments.prepared()).isEmpty();
    }

    private static Completion alone(String id, HeuristicOutcome outcome) {
        return new Completion.Heuristic(outcome, "resources of Atomikos transaction " + id + " decided by themselves");
    }

    @Test
    void a_subtransaction_of_it_ends_with_it() throws Exception {
        ReplicatedLog dying = open();
        String outer = vote(dying, branch("a"));
        String inner = newId();
        orders.prepare(inner, TM);
        dying.write(new PendingTransactionRecord(inner, TxState.IN_DOUBT, 1, TM, outer));

        ReplicatedLog next = open();
        assertThat(next.isActive()).isTrue();
        assertThat(orders.prepared()).containsExactlyInAnyOrder(outer, inner);
        assertThat(next.subordinates().end(branch("a"), Decision.COMMIT)).isEqualTo(new Completion.Done());

        assertThat(orders.committed()).containsExactlyInAnyOrder(outer, inner);
        assertThat(next.getPendingTransactionRecords()).isEmpty();
    }

    @Test
    void a_vote_that_comes_after_recovery_has_given_the_transaction_up_is_refused() throws Exception {
        ReplicatedLog log = open();
        String id = newId();
        orders.prepare(id, TM);
        assertThat(log.isActive()).isTrue();
        assertThat(orders.rolledBack()).containsExactly(id);

        assertThatThrownBy(() -> log.write(voting(id, branch("a"))))
                .isInstanceOf(LogWriteException.class)
                .hasMessageContaining("was rolled back");
        assertThat(log.subordinates().inDoubt()).isEmpty();
    }

    @Test
    void while_a_vote_cannot_be_read_whatever_is_not_known_may_be_in_doubt() throws Exception {
        ReplicatedLog dying = open();
        String readable = vote(dying, branch("readable"));
        String damaged = vote(dying, branch("damaged"));
        String incomplete = newId();
        orders.prepare(incomplete, TM);
        dying.write(new PendingTransactionRecord(
                incomplete, TxState.IN_DOUBT, 1, TM, new Superior(branch("incomplete"), Set.of()).uri()));
        ZooKeeper operator = new ZooKeeper(store.connect(), 10_000, event -> {});
        opened.add(operator);
        operator.setData("/assent/atomikos/" + TM + "/votes/" + damaged, new byte[] {0, 1}, -1);

        SubordinateVotes votes = open().subordinates();
        SubordinateParticipant participant = participant(votes);

        assertThatThrownBy(votes::inDoubt)
                .isInstanceOf(IOException.class)
                .hasMessageContaining(damaged)
                .hasMessageContaining(incomplete);
        assertThat(commit(participant, "damaged"))
                .isInstanceOf(Completion.Unsent.class)
                .asString()
                .contains(damaged);
        assertThat(votes.end(branch("readable"), Decision.COMMIT))
                .as("one that cannot be read may be below it")
                .isInstanceOf(Completion.Retry.class);
        assertThat(orders.committed()).containsExactly(readable);
        assertThat(orders.prepared()).containsExactly(damaged, incomplete);
    }

    private static Completion commit(SubordinateParticipant participant, String branch) throws Exception {
        return participant.commit(branch(branch)).toCompletableFuture().get();
    }

    private static SubordinateParticipant participant(SubordinateVotes votes) {
        return new SubordinateParticipant(
                "shop-atomikos",
                votes,
                new Bulkhead("working", Bulkhead.Limits.DEFAULT),
                new Bulkhead("recovering", Bulkhead.Limits.DEFAULT));
    }

    @Test
    void what_no_vote_names_is_not_known() throws Exception {
        assertThat(commit(participant(open().subordinates()), "a")).isEqualTo(new Completion.NotKnown());
    }

    @Test
    void its_superiors_decision_needs_no_record_of_its_own() throws Exception {
        ReplicatedLog log = open();
        String id = vote(log, branch("a"));

        log.write(voting(id, branch("a")).markAsCommitting());
        log.write(voting(id, branch("a")).markAsTerminated());

        assertThat(log.getPendingTransactionRecords())
                .extracting(entry -> entry.state)
                .containsExactly(TxState.IN_DOUBT);
        assertThat(log.subordinates().inDoubt())
                .as("until the participant has heard how the resources ended")
                .containsExactly(branch("a"));
        log.subordinates().ended(branch("a"));
        assertThat(log.subordinates().inDoubt()).isEmpty();
    }
}
