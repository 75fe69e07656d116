package dev.assent.rm.jta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.testing.MemoryTransactionService;
import dev.assent.rm.testing.RecordingDatabase;
import dev.assent.rm.testing.SettableClock;
import dev.assent.rm.testing.StrictResource;
import dev.assent.rm.xa.XaResourceManager;
import dev.assent.rm.xa.quirk.XaAbilities;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import javax.transaction.xa.XAResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Jakarta Transactions 2.0 on the enlistment of resources, clause by clause, with a resource manager that keeps to
 * X/Open XA's state tables: registered as one that can join and suspend, and as one of which nothing is known.
 */
class EnlistmentClausesTest {
    private final SettableClock clock = new SettableClock();
    private final AssentTransactions transactions =
            new AssentTransactions(new MemoryTransactionService(clock), clock, Duration.ofSeconds(60));
    private final StrictResource strict = new StrictResource();

    @BeforeEach
    void register() {
        transactions.registerRecovery(
                XaResourceManager.of("able", new RecordingDatabase().dataSource()), new XaAbilities(true, true, true));
        transactions.registerRecovery("unknown", new RecordingDatabase().dataSource());
    }

    @AfterEach
    void the_protocol_was_kept_and_nothing_is_left_open() {
        assertThat(strict.told()).noneMatch(told -> told.contains("BROKE"));
        assertThat(strict.open()).isZero();
    }

    /** XAResource.setTransactionTimeout: what is left of the transaction's time, before its work begins. */
    @Test
    void a_resource_is_told_the_remaining_time_before_its_work_starts() throws Exception {
        transactions.setTransactionTimeout(30);
        begun();
        clock.advance(Duration.ofMillis(9_500));
        enlist("unknown", strict.connection("a"));
        transactions.commit();

        assertThat(strict.told()).startsWith("a.timeout 21", "a.start");
    }

    /** Section 3.3.1: "the same resource manager only receives one set of prepare-commit calls". */
    @Test
    void two_connections_of_one_resource_manager_that_can_join_are_one_branch() throws Exception {
        begun();
        enlist("able", strict.connection("a"));
        enlist("able", strict.connection("b"));
        transactions.commit();

        assertThat(calls())
                .containsExactly(
                        "a.start", "b.start TMJOIN", "b.end TMSUCCESS", "a.end TMSUCCESS", "a.commit one phase");
    }

    /** Section 3.4.9: what "isSameRM" denies is another branch, prepared and committed by itself. */
    @Test
    void two_resource_managers_are_two_branches() throws Exception {
        StrictResource other = new StrictResource();
        begun();
        enlist("able", strict.connection("a"));
        enlist("able", other.connection("b"));
        transactions.commit();

        assertThat(calls()).containsExactly("a.start", "a.end TMSUCCESS", "a.prepare", "a.commit");
        assertThat(other.told()).contains("b.start", "b.prepare", "b.commit");
    }

    /** X/Open XA, section 3.3: TMJOIN is the resource manager's to support; one that said nothing is not asked to. */
    @Test
    void a_resource_manager_of_which_nothing_is_known_gets_a_branch_for_each_connection() throws Exception {
        begun();
        enlist("unknown", strict.connection("a"));
        enlist("unknown", strict.connection("b"));
        transactions.commit();

        assertThat(calls())
                .contains("a.start", "b.start", "a.prepare", "b.prepare")
                .noneMatch(told -> told.contains("JOIN"));
    }

    /** Section 3.4.4: end(TMSUSPEND) leads from T1 to T2, start(TMRESUME) back. */
    @Test
    void a_resource_is_suspended_and_resumed_where_it_can_be() throws Exception {
        XAResource connection = strict.connection("a");
        Transaction transaction = begun();
        enlist("able", connection);
        boolean suspended = transaction.delistResource(named("able", connection), XAResource.TMSUSPEND);
        boolean twice = transaction.delistResource(named("able", connection), XAResource.TMSUSPEND);
        enlist("able", connection);
        transactions.commit();

        assertThat(suspended).isTrue();
        assertThat(twice).isFalse();
        assertThat(calls())
                .containsExactly(
                        "a.start", "a.end TMSUSPEND", "a.start TMRESUME", "a.end TMSUCCESS", "a.commit one phase");
    }

    /** Section 3.4.4: end(TMSUCCESS) leads from T2 to T0; a suspended association is ended before prepare. */
    @Test
    void a_suspended_resource_is_ended_before_it_is_committed() throws Exception {
        XAResource first = strict.connection("a");
        XAResource second = strict.connection("b");
        Transaction transaction = begun();
        enlist("able", first);
        enlist("able", second);
        transaction.delistResource(first, XAResource.TMSUSPEND);
        transaction.delistResource(second, XAResource.TMSUSPEND);
        transactions.commit();

        assertThat(calls())
                .containsExactly(
                        "a.start",
                        "b.start TMJOIN",
                        "a.end TMSUSPEND",
                        "b.end TMSUSPEND",
                        "b.end TMSUCCESS",
                        "a.end TMSUCCESS",
                        "a.commit one phase");
    }

    /** Section 3.3.1: where TMSUSPEND is not known to work, the work goes on undisturbed. */
    @Test
    void a_resource_of_which_nothing_is_known_is_never_suspended() throws Exception {
        XAResource connection = strict.connection("a");
        Transaction transaction = begun();
        enlist("unknown", connection);

        assertThat(transaction.delistResource(connection, XAResource.TMSUSPEND)).isTrue();
        enlist("unknown", connection);
        transactions.commit();

        assertThat(calls()).containsExactly("a.start", "a.end TMSUCCESS", "a.prepare", "a.commit");
    }

    /** Transaction.delistResource: "true if the resource was delisted"; the flag goes to XAResource.end. */
    @Test
    void a_joined_resource_is_delisted_by_itself_and_may_come_back() throws Exception {
        XAResource joined = strict.connection("b");
        Transaction transaction = begun();
        enlist("able", strict.connection("a"));
        enlist("able", joined);

        assertThat(transaction.delistResource(joined, XAResource.TMSUCCESS)).isTrue();
        assertThat(transaction.delistResource(joined, XAResource.TMSUCCESS)).isFalse();
        assertThat(transaction.delistResource(strict.connection("never seen"), XAResource.TMSUCCESS))
                .isFalse();
        enlist("able", joined);
        transactions.rollback();

        assertThat(calls())
                .containsExactly(
                        "a.start",
                        "b.start TMJOIN",
                        "b.end TMSUCCESS",
                        "b.start TMJOIN",
                        "b.end TMFAIL",
                        "a.end TMFAIL",
                        "a.rollback");
    }

    /** Section 3.3.1: TMFAIL, "a portion of the work has failed", dooms the transaction. */
    @Test
    void a_joined_resource_that_failed_rolls_the_transaction_back() throws Exception {
        XAResource joined = strict.connection("b");
        Transaction transaction = begun();
        enlist("able", strict.connection("a"));
        enlist("able", joined);

        assertThat(transaction.delistResource(joined, XAResource.TMFAIL)).isTrue();

        assertThat(transactions.getStatus()).isEqualTo(Status.STATUS_MARKED_ROLLBACK);
        assertThatThrownBy(transactions::commit)
                .isInstanceOf(RollbackException.class)
                .hasMessageContaining("TMFAIL");
        assertThat(calls()).contains("b.end TMFAIL", "a.rollback");
    }

    /** Transaction.delistResource: the flags are TMSUCCESS, TMFAIL and TMSUSPEND. */
    @Test
    void a_resource_is_not_delisted_with_a_flag_that_means_something_else() throws Exception {
        XAResource connection = strict.connection("a");
        Transaction transaction = begun();
        enlist("unknown", connection);

        assertThatThrownBy(() -> transaction.delistResource(connection, XAResource.TMJOIN))
                .isInstanceOf(SystemException.class);
        transactions.rollback();
    }

    /** X/Open XA lets a resource manager say that it cannot join; pgjdbc cannot, whatever it is registered as. */
    private List<String> calls() {
        return strict.told().stream().filter(told -> !told.contains("timeout")).toList();
    }

    private Transaction begun() throws Exception {
        transactions.begin();
        return Objects.requireNonNull(transactions.getTransaction());
    }

    private XAResource named(String name, XAResource connection) {
        return transactions.resource(name, connection);
    }

    private void enlist(String name, XAResource connection) throws Exception {
        Objects.requireNonNull(transactions.getTransaction()).enlistResource(named(name, connection));
    }
}
