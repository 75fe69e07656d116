package dev.assent.rm.jta;

import static jakarta.transaction.Status.STATUS_ACTIVE;
import static jakarta.transaction.Status.STATUS_COMMITTED;
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
import jakarta.transaction.RollbackException;
import jakarta.transaction.Synchronization;
import jakarta.transaction.Transaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Jakarta Transactions 2.0 on how a transaction ends and on whose thread, clause by clause. */
class CompletionClausesTest {
    private final SettableClock clock = new SettableClock();
    private final MemoryTransactionService service = new MemoryTransactionService(clock);
    private final AssentTransactions transactions = new AssentTransactions(service, clock, Duration.ofSeconds(60));
    private final RecordingDatabase database = new RecordingDatabase();
    private final List<String> events = new ArrayList<>();

    @BeforeEach
    void register() {
        transactions.registerRecovery(XaResourceManager.of("db", database.dataSource()), XaAbilities.TRUTHFUL);
    }

    /** Section 3.3.2: beforeCompletion "is executed with the transaction context of the transaction". */
    @Test
    void before_completion_runs_in_the_transaction_that_a_thread_outside_of_it_commits() throws Exception {
        Transaction transaction = begun();
        List<Object> contexts = new ArrayList<>();
        transaction.registerSynchronization(before(() -> contexts.add(transactions.getTransaction())));
        transactions.registerInterposedSynchronization(before(() -> contexts.add(transactions.getTransactionKey())));
        transactions.suspend();

        onAnotherThread(() -> {
            transaction.commit();
            events.add("afterwards " + transactions.getStatus());
            return null;
        });

        assertThat(contexts).containsExactly(transaction, transaction);
        assertThat(events).containsExactly("afterwards " + STATUS_NO_TRANSACTION);
    }

    /** Section 3.3.3: "The calling thread is not required to have the same transaction associated". */
    @Test
    void a_thread_in_a_transaction_of_its_own_commits_another_one_and_stays_where_it_was() throws Exception {
        Transaction outer = begun();
        List<Object> contexts = new ArrayList<>();
        outer.registerSynchronization(new Synchronization() {
            @Override
            public void beforeCompletion() {
                contexts.add(transactions.getTransaction());
            }

            @Override
            public void afterCompletion(int status) {
                contexts.add(transactions.getStatus());
            }
        });
        transactions.suspend();
        Transaction inner = begun();

        outer.commit();

        assertThat(contexts).containsExactly(outer, STATUS_NO_TRANSACTION);
        assertThat(transactions.getTransaction()).isSameAs(inner);
        transactions.commit();
    }

    /** Section 3.3.3: a thread that is left in a transaction which another thread ended may begin a new one. */
    @Test
    void a_thread_whose_transaction_was_ended_elsewhere_is_told_so_and_begins_anew() throws Exception {
        Transaction transaction = begun();
        onAnotherThread(() -> {
            transaction.commit();
            return null;
        });

        assertThat(transactions.getStatus()).isEqualTo(STATUS_COMMITTED);
        assertThatCode(transactions::begin).doesNotThrowAnyException();

        assertThat(transactions.getStatus()).isEqualTo(STATUS_ACTIVE);
        transactions.rollback();
    }

    /** Transaction.commit: RollbackException "if the transaction has been rolled back rather than committed". */
    @Test
    void an_error_before_completion_rolls_back_and_is_the_cause() throws Exception {
        AssertionError error = new AssertionError("out of luck");
        Transaction transaction = begun();
        enlist(database.resource("a"));
        transaction.registerSynchronization(before(() -> {
            throw error;
        }));
        transaction.registerSynchronization(after(status -> events.add("after " + status)));

        assertThatThrownBy(transactions::commit)
                .isInstanceOf(RollbackException.class)
                .hasMessageContaining("out of luck")
                .hasCause(error);

        assertThat(database.told()).endsWith("a.rollback");
        assertThat(events).containsExactly("after " + STATUS_ROLLEDBACK);
        assertThat(transactions.getStatus()).isEqualTo(STATUS_NO_TRANSACTION);
    }

    /** As above, where a driver fails in a way that XA does not know. */
    @Test
    void a_driver_that_throws_at_the_end_of_its_work_rolls_all_back() throws Exception {
        begun();
        enlist(database.breaking("a", "end"));
        enlist(database.resource("b"));

        assertThatThrownBy(transactions::commit).isInstanceOf(RollbackException.class);

        assertThat(database.told()).contains("a.end", "b.end", "a.rollback", "b.rollback");
    }

    /** Section 3.3.2: afterCompletion "is called after the transaction has completed", for each one registered. */
    @Test
    void an_error_after_completion_keeps_nobody_else_from_being_told() throws Exception {
        Transaction transaction = begun();
        transaction.registerSynchronization(after(status -> {
            throw new NoClassDefFoundError("application");
        }));
        transaction.registerSynchronization(after(status -> events.add("after " + status)));

        assertThatCode(transactions::commit).doesNotThrowAnyException();
        assertThat(events).containsExactly("after " + STATUS_COMMITTED);
    }

    /** As above; of nothing there is nothing to tell, and what is decided stands. */
    @Test
    @SuppressWarnings("NullAway") // what an application may do all the same
    void nothing_cannot_be_registered_and_harms_no_end() throws Exception {
        Transaction transaction = begun();
        enlist(database.resource("a"));
        transaction.registerSynchronization(after(status -> events.add("after " + status)));

        assertThatThrownBy(() -> transaction.registerSynchronization(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> transactions.registerInterposedSynchronization(null))
                .isInstanceOf(NullPointerException.class);

        assertThatCode(transactions::commit).doesNotThrowAnyException();
        assertThat(events).containsExactly("after " + STATUS_COMMITTED);
    }

    /** TransactionManager.commit: "When this method completes, the thread is no longer associated". */
    @Test
    void after_completion_the_thread_is_free_to_begin_again() throws Exception {
        Transaction first = begun();
        transactions.registerInterposedSynchronization(after(status -> work("interposed")));
        first.registerSynchronization(after(status -> work("ordinary")));

        transactions.commit();

        assertThat(database.told()).containsSubsequence("interposed.commit(one phase)", "ordinary.commit(one phase)");
        assertThat(first.getStatus()).isEqualTo(STATUS_COMMITTED);
        assertThat(transactions.getStatus()).isEqualTo(STATUS_NO_TRANSACTION);
    }

    private void work(String label) {
        try {
            transactions.begin();
            enlist(database.resource(label));
            transactions.commit();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** As above: what a callback begins and forgets is not the committing thread's. */
    @Test
    void a_transaction_that_a_callback_leaves_open_is_not_left_on_the_thread() throws Exception {
        begun().registerSynchronization(after(status -> begun()));

        transactions.commit();

        assertThat(transactions.getStatus()).isEqualTo(STATUS_NO_TRANSACTION);
    }

    /** TransactionManager.resume: InvalidTransactionException "if the parameter [...] contains an invalid transaction". */
    @Test
    void a_transaction_that_has_ended_cannot_be_resumed() throws Exception {
        Transaction transaction = begun();
        transactions.suspend();
        transaction.rollback();

        assertThatThrownBy(() -> transactions.resume(transaction)).isInstanceOf(InvalidTransactionException.class);
        assertThat(transactions.getStatus()).isEqualTo(STATUS_NO_TRANSACTION);
    }

    /** As above: "invalid" is also one of another transaction manager, even if that is one of ours. */
    @Test
    void a_transaction_of_another_manager_cannot_be_resumed() throws Exception {
        Transaction transaction = begun();
        AssentTransactions others = new AssentTransactions(service);

        assertThatThrownBy(() -> others.resume(transaction)).isInstanceOf(InvalidTransactionException.class);
        transactions.rollback();
    }

    /** TransactionManager.resume: a suspended transaction that is marked can be resumed, to be rolled back. */
    @Test
    void a_suspended_transaction_that_timed_out_can_be_resumed_and_rolled_back() throws Exception {
        begun();
        Transaction suspended = Objects.requireNonNull(transactions.suspend());
        clock.advance(Duration.ofSeconds(61));

        transactions.resume(suspended);

        assertThatThrownBy(transactions::commit)
                .isInstanceOf(RollbackException.class)
                .hasMessageContaining("timed out");
    }

    /** Transaction.commit: IllegalStateException "if the transaction in the target object is inactive". */
    @Test
    void a_synchronization_cannot_end_the_transaction_that_is_ending() throws Exception {
        Transaction transaction = begun();
        enlist(database.resource("a"));
        List<Throwable> refusals = new ArrayList<>();
        transaction.registerSynchronization(before(() -> {
            refusals.add(failure(transactions::rollback));
            refusals.add(failure(transactions::commit));
            assertThat(transactions.getStatus()).isEqualTo(STATUS_ACTIVE);
            transactions.setRollbackOnly();
        }));

        assertThatThrownBy(transactions::commit).isInstanceOf(RollbackException.class);

        assertThat(refusals).hasSize(2).allSatisfy(refusal -> assertThat(refusal)
                .isInstanceOf(IllegalStateException.class));
        assertThat(database.told()).containsExactly("a.start", "a.end(fail)", "a.rollback");
    }

    /** Section 3.3.4: equal "if the target object and the parameter object both refer to the same global transaction". */
    @Test
    void two_views_of_one_global_transaction_are_equal() throws Exception {
        AssentTransactions callee = new AssentTransactions(service);
        begun();
        String token = transactions.token().orElseThrow();
        Participation first = callee.join(token);
        Transaction one = Objects.requireNonNull(callee.suspend());
        Participation second = callee.join(token);
        Transaction two = Objects.requireNonNull(callee.getTransaction());

        assertThat(two).isEqualTo(one).hasSameHashCodeAs(one).isNotSameAs(one);

        second.close();
        callee.resume(one);
        first.close();
        transactions.rollback();
        assertThat(begun()).isNotEqualTo(one);
        transactions.rollback();
    }

    /** Section 3.6: "When the transaction completes, the Map is cleared". */
    @Test
    void what_was_put_into_a_transaction_goes_with_it() throws Exception {
        JtaTransaction transaction = (JtaTransaction) begun();
        transactions.putResource("key", "value");

        transactions.commit();

        assertThat(transaction.resource("key")).isNull();
    }

    /** TransactionSynchronizationRegistry.getRollbackOnly: true for a transaction that can only roll back. */
    @Test
    void a_transaction_that_is_being_committed_is_not_rollback_only() throws Exception {
        Queue<Boolean> rollbackOnly = new ConcurrentLinkedQueue<>();
        ExecutorService another = Executors.newSingleThreadExecutor();
        Transaction transaction = begun();
        another.submit(() -> resumed(transaction)).get(120, TimeUnit.SECONDS);
        enlist(database.watched("a", call -> rollbackOnly.add(askedOn(another))));

        transactions.commit();
        another.shutdown();

        assertThat(rollbackOnly).isNotEmpty().doesNotContain(true);
    }

    private Void resumed(Transaction transaction) throws Exception {
        transactions.resume(transaction);
        return null;
    }

    private boolean askedOn(ExecutorService thread) {
        try {
            return thread.submit(transactions::getRollbackOnly).get(120, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Transaction.setRollbackOnly: whoever commits later is told what had failed, if the application did not say. */
    @Test
    void a_bare_mark_tells_what_had_failed_before() throws Exception {
        begun();
        transactions.noteFailure("pool orders was exhausted");
        transactions.setRollbackOnly();

        assertThatThrownBy(transactions::commit)
                .isInstanceOf(RollbackException.class)
                .hasMessageContaining("marked rollback-only")
                .hasMessageContaining("pool orders was exhausted");
    }

    /** Transaction.enlistResource: RollbackException "marked for rollback only"; the reason is the time-out. */
    @Test
    void work_that_is_refused_because_the_time_is_up_says_so() throws Exception {
        begun();
        clock.advance(Duration.ofSeconds(61));

        assertThatThrownBy(() -> enlist(database.resource("a")))
                .isInstanceOf(RollbackException.class)
                .hasMessageContaining("timed out");
        assertThat(String.valueOf(transactions.getTransaction())).contains("timed out");
        transactions.rollback();
    }

    /** Section 3.2.2: "commit completes the transaction": the answer of a resource's failure names it. */
    @Test
    void a_resource_that_fails_to_prepare_is_named_by_commit() throws Exception {
        begun();
        enlist(database.resource("a"));
        enlist(database.failing("b", "prepare", XAException.XA_RBINTEGRITY));

        assertThatThrownBy(transactions::commit)
                .isInstanceOf(RollbackException.class)
                .hasMessageContaining("db");
    }

    private static Throwable failure(Attempt attempt) {
        try {
            attempt.run();
            return new AssertionError("it was allowed");
        } catch (Exception e) {
            return e;
        }
    }

    private interface Attempt {
        void run() throws Exception;
    }

    private Transaction begun() {
        try {
            transactions.begin();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return Objects.requireNonNull(transactions.getTransaction());
    }

    private void enlist(XAResource resource) throws Exception {
        Objects.requireNonNull(transactions.getTransaction()).enlistResource(transactions.resource("db", resource));
    }

    private static void onAnotherThread(Callable<?> work) throws Exception {
        FutureTask<?> task = new FutureTask<>(work);
        Thread thread = new Thread(task, "another");
        thread.start();
        task.get(120, TimeUnit.SECONDS);
        thread.join();
    }

    private static Synchronization before(Runnable work) {
        return synchronization(work, status -> {});
    }

    private static Synchronization after(IntConsumer work) {
        return synchronization(() -> {}, work);
    }

    private static Synchronization synchronization(Runnable before, IntConsumer after) {
        return new Synchronization() {
            @Override
            public void beforeCompletion() {
                before.run();
            }

            @Override
            public void afterCompletion(int status) {
                after.accept(status);
            }
        };
    }
}
