package dev.assent.rm.jta;

import static jakarta.transaction.Status.STATUS_ACTIVE;
import static jakarta.transaction.Status.STATUS_COMMITTED;
import static jakarta.transaction.Status.STATUS_MARKED_ROLLBACK;
import static jakarta.transaction.Status.STATUS_NO_TRANSACTION;
import static jakarta.transaction.Status.STATUS_ROLLEDBACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.testing.MemoryTransactionService;
import dev.assent.rm.testing.RecordingDatabase;
import dev.assent.rm.testing.SettableClock;
import dev.assent.rm.xa.XaResourceManager;
import dev.assent.rm.xa.quirk.XaAbilities;
import jakarta.transaction.InvalidTransactionException;
import jakarta.transaction.NotSupportedException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Synchronization;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Jakarta Transactions 2.0, chapter 3, sentence by sentence where it is testable from outside. */
class AssentTransactionsTest {
    private final SettableClock clock = new SettableClock();
    private final MemoryTransactionService service = new MemoryTransactionService(clock);
    private final AssentTransactions transactions = new AssentTransactions(service, clock, Duration.ofSeconds(60));
    private final RecordingDatabase database = new RecordingDatabase();
    private final List<String> events = new ArrayList<>();

    @BeforeEach
    void register() {
        transactions.registerRecovery(XaResourceManager.of("db", database.dataSource()), XaAbilities.TRUTHFUL);
    }

    @Test
    void begin_associates_the_thread_and_commit_frees_it() throws Exception {
        assertThat(transactions.getStatus()).isEqualTo(STATUS_NO_TRANSACTION);
        assertThat(transactions.getTransaction()).isNull();

        transactions.begin();
        assertThat(transactions.getStatus()).isEqualTo(STATUS_ACTIVE);
        assertThat(transactions.getTransactionStatus()).isEqualTo(STATUS_ACTIVE);

        transactions.commit();
        assertThat(transactions.getStatus()).isEqualTo(STATUS_NO_TRANSACTION);
        assertThat(transactions.getTransactionKey()).isNull();
    }

    @Test
    void nested_begin_is_not_supported_and_changes_nothing() throws Exception {
        transactions.begin();
        Transaction first = current();

        assertThatThrownBy(transactions::begin).isInstanceOf(NotSupportedException.class);

        assertThat(transactions.getTransaction()).isSameAs(first);
        transactions.rollback();
    }

    @Test
    void calls_that_need_a_transaction_say_that_there_is_none() {
        assertThatThrownBy(transactions::commit).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(transactions::rollback).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(transactions::setRollbackOnly).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> transactions.putResource("k", "v")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> transactions.registerInterposedSynchronization(listener("s")))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(transactions::getRollbackOnly).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void two_resources_are_prepared_before_any_is_committed() throws Exception {
        transactions.begin();
        enlist(database.resource("a"));
        enlist(database.resource("b"));
        transactions.commit();

        assertThat(database.told())
                .containsExactly(
                        "a.start", "b.start", "a.end", "b.end", "a.prepare", "b.prepare", "a.commit", "b.commit");
    }

    @Test
    void a_single_resource_commits_in_one_phase() throws Exception {
        transactions.begin();
        enlist(database.resource("a"));
        transactions.commit();

        assertThat(database.told()).containsExactly("a.start", "a.end", "a.commit(one phase)");
    }

    @Test
    void the_same_resource_enlisted_twice_is_one_branch() throws Exception {
        XAResource resource = database.resource("a");
        transactions.begin();
        enlist(resource);
        enlist(resource);
        Transaction transaction = current();
        transaction.delistResource(transactions.resource("db", resource), XAResource.TMSUCCESS);
        enlist(resource);
        transactions.commit();

        assertThat(database.told()).containsExactly("a.start", "a.end", "a.join", "a.end", "a.commit(one phase)");
    }

    @Test
    void a_resource_that_refuses_to_prepare_rolls_all_back_and_commit_tells_why() throws Exception {
        transactions.begin();
        enlist(database.resource("a"));
        enlist(database.failing("b", "prepare", XAException.XA_RBDEADLOCK));

        assertThatThrownBy(transactions::commit)
                .isInstanceOf(RollbackException.class)
                .hasMessageContaining("XA_RBDEADLOCK");

        assertThat(database.told()).contains("a.rollback").doesNotContain("a.commit", "b.commit");
        assertThat(transactions.getStatus()).isEqualTo(STATUS_NO_TRANSACTION);
    }

    @Test
    void a_delist_with_failure_marks_the_transaction() throws Exception {
        XAResource named = transactions.resource("db", database.resource("a"));
        transactions.begin();
        current().enlistResource(named);

        assertThat(current().delistResource(named, XAResource.TMFAIL)).isTrue();

        assertThat(transactions.getStatus()).isEqualTo(STATUS_MARKED_ROLLBACK);
        transactions.rollback();
        assertThat(database.told()).containsExactly("a.start", "a.end(fail)", "a.rollback");
    }

    @Test
    void an_unnamed_resource_is_refused_with_the_remedy() throws Exception {
        transactions.begin();

        assertThatThrownBy(() -> current().enlistResource(database.resource("a")))
                .isInstanceOf(SystemException.class)
                .hasMessageContaining("registerRecovery");
        assertThatThrownBy(() -> transactions.resource("unheard-of", database.resource("a")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("unheard-of");

        transactions.rollback();
    }

    @Test
    void rollback_only_ends_in_rollback_exception_with_its_reason() throws Exception {
        transactions.begin();
        enlist(database.resource("a"));
        transactions.setRollbackOnly();
        assertThat(transactions.getStatus()).isEqualTo(STATUS_MARKED_ROLLBACK);
        assertThat(transactions.getRollbackOnly()).isTrue();
        assertThatThrownBy(() -> current().registerSynchronization(listener("late")))
                .isInstanceOf(RollbackException.class);
        assertThatThrownBy(() -> enlist(database.resource("b"))).isInstanceOf(RollbackException.class);

        assertThatThrownBy(transactions::commit)
                .isInstanceOf(RollbackException.class)
                .hasMessageContaining("marked rollback-only");
        assertThat(database.told()).containsExactly("a.start", "a.end(fail)", "a.rollback");
    }

    @Test
    void synchronizations_run_ordinary_first_before_and_interposed_first_after_completion() throws Exception {
        transactions.begin();
        transactions.registerInterposedSynchronization(listener("interposed"));
        current().registerSynchronization(listener("first"));
        current().registerSynchronization(listener("second"));
        transactions.commit();

        assertThat(events)
                .containsExactly(
                        "before first",
                        "before second",
                        "before interposed",
                        "after interposed " + STATUS_COMMITTED,
                        "after first " + STATUS_COMMITTED,
                        "after second " + STATUS_COMMITTED);
    }

    @Test
    void rollback_skips_before_completion() throws Exception {
        transactions.begin();
        current().registerSynchronization(listener("s"));
        transactions.rollback();

        assertThat(events).containsExactly("after s " + STATUS_ROLLEDBACK);
    }

    @Test
    void a_synchronization_registered_by_another_one_runs_too() throws Exception {
        transactions.begin();
        current().registerSynchronization(new Listener("outer") {
            @Override
            public void beforeCompletion() {
                super.beforeCompletion();
                transactions.registerInterposedSynchronization(listener("inner"));
            }
        });
        transactions.commit();

        assertThat(events).containsSubsequence("before outer", "before inner", "after inner " + STATUS_COMMITTED);
    }

    @Test
    void a_failure_before_completion_rolls_back_and_is_the_cause() throws Exception {
        IllegalArgumentException failure = new IllegalArgumentException("flush failed");
        transactions.begin();
        enlist(database.resource("a"));
        current().registerSynchronization(new Listener("s") {
            @Override
            public void beforeCompletion() {
                throw failure;
            }
        });

        assertThatThrownBy(transactions::commit)
                .isInstanceOf(RollbackException.class)
                .hasCause(failure);
        assertThat(database.told()).endsWith("a.rollback");
    }

    @Test
    void a_failure_after_completion_keeps_nobody_else_from_being_told() throws Exception {
        transactions.begin();
        current().registerSynchronization(new Listener("bad") {
            @Override
            public void afterCompletion(int status) {
                throw new IllegalArgumentException("application");
            }
        });
        current().registerSynchronization(listener("good"));

        assertThatCode(transactions::commit).doesNotThrowAnyException();
        assertThat(events).contains("after good " + STATUS_COMMITTED);
    }

    @Test
    void a_suspended_transaction_leaves_the_thread_free_and_goes_on_when_resumed() throws Exception {
        transactions.begin();
        transactions.putResource("key", "outer");
        enlist(database.resource("outer"));
        Transaction outer = Objects.requireNonNull(transactions.suspend());
        assertThat(transactions.getStatus()).isEqualTo(STATUS_NO_TRANSACTION);

        transactions.begin();
        assertThat(transactions.getResource("key")).isNull();
        enlist(database.resource("inner"));
        assertThatThrownBy(() -> transactions.resume(outer)).isInstanceOf(IllegalStateException.class);
        transactions.commit();

        transactions.resume(outer);
        assertThat(transactions.getResource("key")).isEqualTo("outer");
        transactions.rollback();
        assertThat(database.told()).contains("inner.commit(one phase)", "outer.rollback");
    }

    @Test
    void only_our_own_transactions_can_be_resumed() throws Exception {
        Transaction alien = (Transaction) java.lang.reflect.Proxy.newProxyInstance(
                Transaction.class.getClassLoader(),
                new Class<?>[] {Transaction.class},
                (proxy, method, arguments) -> null);

        assertThatThrownBy(() -> transactions.resume(alien)).isInstanceOf(InvalidTransactionException.class);
        assertThat(transactions.suspend()).isNull();
    }

    @Test
    void an_expired_transaction_can_only_roll_back_and_says_so() throws Exception {
        transactions.setTransactionTimeout(5);
        transactions.begin();
        enlist(database.resource("a"));
        clock.advance(Duration.ofSeconds(5));

        assertThat(transactions.getStatus()).isEqualTo(STATUS_MARKED_ROLLBACK);
        assertThatThrownBy(() -> enlist(database.resource("b"))).isInstanceOf(RollbackException.class);
        assertThatThrownBy(transactions::commit)
                .isInstanceOf(RollbackException.class)
                .hasMessageContaining("timed out");
    }

    @Test
    void the_timeout_is_the_threads_and_zero_means_the_default() throws Exception {
        transactions.setTransactionTimeout(5);
        transactions.setTransactionTimeout(0);
        transactions.begin();
        clock.advance(Duration.ofSeconds(59));
        assertThat(transactions.getStatus()).isEqualTo(STATUS_ACTIVE);
        transactions.rollback();

        assertThatThrownBy(() -> transactions.setTransactionTimeout(-1)).isInstanceOf(SystemException.class);
    }

    @Test
    void a_transaction_that_is_over_takes_no_more_calls() throws Exception {
        transactions.begin();
        Transaction over = current();
        transactions.commit();

        assertThat(over.getStatus()).isEqualTo(STATUS_COMMITTED);
        assertThatThrownBy(over::commit).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(over::rollback).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(over::setRollbackOnly).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> over.registerSynchronization(listener("late")))
                .isInstanceOf(IllegalStateException.class);
    }

    private Transaction current() {
        return Objects.requireNonNull(transactions.getTransaction());
    }

    private void enlist(XAResource resource) throws RollbackException, SystemException {
        current().enlistResource(transactions.resource("db", resource));
    }

    private Listener listener(String name) {
        return new Listener(name);
    }

    private class Listener implements Synchronization {
        private final String name;

        Listener(String name) {
            this.name = name;
        }

        @Override
        public void beforeCompletion() {
            events.add("before " + name);
        }

        @Override
        public void afterCompletion(int status) {
            events.add("after " + name + " " + status);
        }
    }
}
